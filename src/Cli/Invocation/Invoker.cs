using System.CommandLine;
using Moldau.Client;
using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Cli;

/// <summary>Runs a command: stop signals end it, and what goes wrong becomes a sentence with a next step and an exit code.</summary>
internal static class Invoker
{
    /// <summary>A command that was stopped by a signal before it was done, as shells have it for SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>Gives the command the options of every command over the protocol, and what it does.</summary>
    public static void OnCluster(this CliCommand command, CliContext context, Func<Session, ParseResult, CancellationToken, Task<int>> run)
    {
        var options = new ClusterOptions();
        options.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(context, async cancellation =>
        {
            await using Session session = options.Open(context, parsed);
            await Reachability.RequireAsync(context, session.BootstrapServers, cancellation);
            return await Explained(session.BootstrapServers, () => run(session, parsed, cancellation));
        }));
    }

    /// <summary>Runs something that may throw <see cref="CliException"/>, and that stops when the process is asked to.</summary>
    public static async Task<int> RunAsync(CliContext context, Func<CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        using IDisposable signals = context.StopSignals(stop.Cancel);
        try
        {
            int code = await run(stop.Token);
            await context.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (CliException exception)
        {
            return Tell(context, exception.Message, exception.NextStep, exception.ExitCode);
        }
        catch (ConfigurationException exception)
        {
            return Tell(context, exception.Message, null, CommandExit.Usage);
        }
        catch (DiskException exception)
        {
            return Tell(context, exception.Message, null, CommandExit.Failed);
        }
        catch (IOException)
        {
            // Nobody reads the output any more ("moldau consume … | head"): that is no error of the command.
            return CommandExit.Ok;
        }
    }

    /// <summary>Errors of the cluster with a next step.</summary>
    public static async Task<int> Explained(string servers, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (KafkaException exception)
        {
            throw Failures.Explain(exception, servers);
        }
    }

    private static int Tell(CliContext context, string message, string? nextStep, int code)
    {
        context.Out.Flush();
        context.Error.WriteLine("moldau: " + message);
        if (nextStep is not null)
        {
            context.Error.WriteLine("moldau: " + nextStep);
        }

        context.Error.Flush();
        return code;
    }
}
