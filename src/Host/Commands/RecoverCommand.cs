using System.CommandLine;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Runtime.Os;
using Moldau.Storage;

namespace Moldau.Host;

/// <summary><c>moldau log recover</c>: what a start does after a crash, without a start: checks each log from its recovery point on, cuts before the first bad batch, rebuilds indexes.</summary>
internal static class RecoverCommand
{
    public static Command Build(ProgramContext context)
    {
        var directories = new Argument<string[]>("DIRECTORY") { Arity = ArgumentArity.OneOrMore, Description = "Log directories of a node that does not run (log.dirs), all of one node." };
        var command = new Command("recover", "Recover log directories after a crash, so that the next start is a quick one; what is cut off a log is kept beside it for seven days.") { directories };
        command.SetAction((parsed, _) => RunAsync(context, parsed.GetValue(directories)!));
        return command;
    }

    private static async Task<int> RunAsync(ProgramContext context, string[] directories)
    {
        if (directories.FirstOrDefault(path => !context.Disk.DirectoryExists(path)) is { } missing)
        {
            await context.Error.WriteLineAsync($"moldau: {missing}: no such directory");
            return ExitCode.Usage;
        }

        if (StorageDirectories.Unformatted(context.Disk, directories) is { Count: > 0 } unformatted)
        {
            await context.Error.WriteLineAsync($"moldau: {string.Join(", ", unformatted)}: there is no {StorageDirectories.MetaProperties}, so this is no log directory of a node");
            return ExitCode.Storage;
        }

        using var logging = new LineLoggerFactory(new LineLoggerProvider(context.Error, context.Time, LogLevel.Information, json: false));
        var environment = new LogEnvironment(new OpenFiles(context.Disk, OpenFiles.CapacityWithin(FileDescriptors.RaiseLimit())), context.Time, context.Entropy, new OsWorkers(), logging.CreateLogger<LogManager>());
        var logs = new LogManager(environment, new LogManagerOptions { LogDirectories = directories, RecoveryThreadsPerDataDir = Environment.ProcessorCount });
        try
        {
            // Nothing is known of topics here, and nothing is deleted: what retention takes, the node takes.
            await logs.StartAsync(_ => LogConfig.Default with { RetentionMs = -1 });
        }
        catch (Exception exception) when (exception is InvalidOperationException or DiskException)
        {
            logs.Abandon();
            await context.Error.WriteLineAsync("moldau: " + exception.Message);
            return ExitCode.Storage;
        }

        return Finish(context, logs);
    }

    private static int Finish(ProgramContext context, LogManager logs)
    {
        foreach (PartitionLog log in logs.Logs.OrderBy(log => log.Directory, StringComparer.Ordinal))
        {
            context.Out.WriteLine($"{log.Directory}: offsets {log.LogStartOffset} to {log.LogEndOffset}");
        }

        var code = ExitCode.Ok;
        foreach (LogDirectory directory in logs.Directories)
        {
            int count = logs.Logs.Count(log => log.LogDirectory == directory.Path);
            context.Out.WriteLine(!directory.IsOnline ? $"{directory.Path}: failed, the reason is above"
                : directory.WasClean ? $"{directory.Path}: was stopped in good order, nothing to recover in {count} logs"
                : $"{directory.Path}: {count} logs are recovered");
            code = directory.IsOnline ? code : ExitCode.Failed;
        }

        logs.Shutdown();
        return code;
    }
}
