using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Host;

/// <summary>One run of a node, from its configuration to its exit code.</summary>
internal static class NodeRun
{
    private const long LargeStartBytes = 64L << 20;

    public static async Task<int> RunAsync(ProgramContext context, string? file, string[] overrides, bool format)
    {
        LoadedConfiguration loaded;
        try
        {
            loaded = ConfigurationLoader.Load(file, overrides, context.Environment, context.Disk);
        }
        catch (ConfigurationException exception)
        {
            await context.Error.WriteLineAsync("moldau: " + exception.Message);
            return ExitCode.Usage;
        }

        using var logging = new LineLoggerFactory(new LineLoggerProvider(context.Out, context.Time, Level(loaded.Node.LogLevel), loaded.Node.LogAsJson));
        ILogger log = logging.CreateLogger("Moldau.Node");
        Banner(log, loaded.Node);
        foreach (string warning in loaded.Warnings)
        {
            log.LogWarning("{Warning}", warning);
        }

        // Registered before anything starts: a signal during the start stops it too.
        using var stopping = new CancellationTokenSource();
        using IDisposable signals = context.StopSignals(stopping.Cancel);
        try
        {
            await using NodeComposition node = await NodeComposition.StartAsync(context, loaded.Node, logging, format, stopping.Token);
            GiveBackStart();
            Ready(context, log, loaded.Node, node.Listening, hints: file is null);
            await node.Completion.WaitAsync(stopping.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.LogInformation("stopped");
            return ExitCode.Ok;
        }
        catch (StorageException exception)
        {
            return await FailAsync(context, log, exception.Message, ExitCode.Storage);
        }
        catch (Exception exception) when (exception is DiskException or NetworkException or TimeoutException)
        {
            return await FailAsync(context, log, exception.Message, ExitCode.Failed);
        }
        catch (Moldau.Core.InvariantException exception)
        {
            log.LogCritical(exception, "the node stops itself");
            return await FailAsync(context, log, exception.Message, ExitCode.Broken);
        }

        log.LogInformation("stopped");
        return ExitCode.Ok;
    }

    /// <summary>What many partitions needed while they were found is many times what they need from here on.</summary>
    private static void GiveBackStart()
    {
        if (GC.GetTotalMemory(forceFullCollection: false) > LargeStartBytes)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    private static async Task<int> FailAsync(ProgramContext context, ILogger log, string message, int code)
    {
        log.LogError("the node cannot go on: {Message}", message);
        await context.Error.WriteLineAsync("moldau: " + message);
        return code;
    }

    private static void Banner(ILogger log, NodeConfiguration node)
    {
        string roles = string.Join(" and ", node.List("process.roles"));
        log.LogInformation("Moldau {Version} (commit {Commit}), Apache Kafka {Level}", ProgramVersion.Number, ProgramVersion.Commit, ProgramVersion.KafkaLevel);
        log.LogInformation("node {NodeId}, {Roles}, data in {LogDirs}", node.NodeId, roles, string.Join(", ", node.LogDirs));
        log.LogInformation("starting with listeners {Listeners}", string.Join(", ", node.Listeners));
    }

    /// <summary>The one line that scripts wait for, and for a node on its defaults two more to try it with.</summary>
    private static void Ready(ProgramContext context, ILogger log, NodeConfiguration node, IReadOnlyList<ListenerEndpoint> listening, bool hints)
    {
        if (listening.Count == 0)
        {
            return;
        }

        if (node.LogAsJson)
        {
            log.LogInformation("ready {Listeners}", string.Join(' ', listening));
            return;
        }

        context.Out.WriteLine("ready " + string.Join(' ', listening));
        ListenerEndpoint? client = listening.FirstOrDefault(l => !node.ControllerListenerNames.Contains(l.Name));
        if (hints && client is not null)
        {
            string server = new HostPort(client.Host ?? "127.0.0.1", client.Port).ToString();
            context.Out.WriteLine($"  produce: echo hello | kcat -b {server} -t test -P");
            context.Out.WriteLine($"  consume: kcat -b {server} -t test -C -o beginning -e");
        }

        context.Out.Flush();
    }

    private static LogLevel Level(string text) => text switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => LogLevel.Information,
    };
}
