using System.CommandLine;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Raft;
using Moldau.Storage;

namespace Moldau.Host;

/// <summary><c>moldau log dump|verify|recover</c>: on the files of a log directory, ours or Apache Kafka's, while no node needs to run.</summary>
internal static class LogCommand
{
    public static Command Build(ProgramContext context) => new("log", "Look into the files of log directories.") { Subcommands = { Dump(context), Verify(context), RecoverCommand.Build(context) } };

    private static Argument<string[]> Paths() => new("FILE-OR-DIR")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "Segments, indexes, checkpoints, producer snapshots, metadata snapshots, or directories of them.",
    };

    private static Command Dump(ProgramContext context)
    {
        var paths = Paths();
        var withoutRecords = new Option<bool>("--batches-only") { Description = "Batches without their records." };
        var command = new Command("dump", "Print what is in the files.") { paths, withoutRecords };
        command.SetAction(parsed => OverAll(context, parsed.GetValue(paths)!, (inspector, path) =>
        {
            inspector.Dump(path, context.Out.WriteLine, withRecords: !parsed.GetValue(withoutRecords));
            return true;
        }));
        return command;
    }

    private static Command Verify(ProgramContext context)
    {
        var paths = Paths();
        var command = new Command("verify", "Check the files; exit code 1 when something is wrong, with a line for each problem.") { paths };
        command.SetAction(parsed => OverAll(context, parsed.GetValue(paths)!, (inspector, path) =>
        {
            var problems = 0;
            int files = inspector.Verify(path, problem =>
            {
                problems++;
                context.Out.WriteLine(problem);
            });
            context.Out.WriteLine($"{path}: {files} files, {problems} problems");
            return problems == 0;
        }));
        return command;
    }

    private static int OverAll(ProgramContext context, string[] paths, Func<LogInspector, string, bool> inspect)
    {
        var inspector = new LogInspector(context.Disk, new InspectionReaders
        {
            MetadataRecord = MetadataRecordJson.Of,
            QuorumState = text => QuorumStateFile.Parse(QuorumStateFile.Name, text).ToString(),
        });
        var good = true;
        foreach (string path in paths)
        {
            if (!context.Disk.DirectoryExists(path) && !context.Disk.FileExists(path))
            {
                context.Error.WriteLine($"moldau: {path}: no such file or directory");
                return ExitCode.Usage;
            }

            good &= inspect(inspector, path);
        }

        return good ? ExitCode.Ok : ExitCode.Failed;
    }
}
