using System.CommandLine;
using System.CommandLine.Help;

namespace Moldau.Host;

/// <summary>The command line. Without a command the program starts a node.</summary>
internal static class MoldauProgram
{
    /// <summary>Commands that need no client: a node that starts does not load what it never uses.</summary>
    private static readonly string[] OwnCommands = ["start", "storage", "log", "wait-ready", "version", "docs"];

    public static async Task<int> RunAsync(string[] args, ProgramContext context)
    {
        // Options without a command belong to the node that starts: ./moldau --override num.partitions=3.
        bool isStart = args.Length == 0 || (args[0].StartsWith('-') && args[0] is not ("-h" or "--help" or "-?" or "--version"));
        string[] line = isStart ? ["start", .. args] : args;
        if (StartLine.Read(line) is { } start)
        {
            return await start.RunAsync(context);
        }

        RootCommand root = Tree(context);
        if (!OwnCommands.Contains(line[0], StringComparer.Ordinal))
        {
            if (await ClusterCommands.AddToAsync(root, context, line) is { } code)
            {
                return code;
            }
        }

        ParseResult parsed = root.Parse(line);
        bool asksForHelp = parsed.GetResult(root.Options.OfType<HelpOption>().First()) is not null;
        if (parsed.Errors.Count > 0 && !asksForHelp)
        {
            // A word that is no command gives two errors, of which the one that names it says more.
            bool isUnknown = parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0;
            foreach (System.CommandLine.Parsing.ParseError error in isUnknown ? parsed.Errors.Skip(1) : parsed.Errors)
            {
                await context.Error.WriteLineAsync("moldau: " + LineErrors.Plain(error.Message));
            }

            await context.Error.WriteLineAsync("moldau: --help after a command shows its options");
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(invocation);
    }

    private static RootCommand Tree(ProgramContext context)
    {
        var root = new RootCommand("Moldau: Apache Kafka, whole, in C#. Without a command it starts a node; the others look after a running cluster.");
        root.Subcommands.Add(StartCommand.Build(context));
        root.Subcommands.Add(StorageCommand.Build(context));
        root.Subcommands.Add(LogCommand.Build(context));
        root.Subcommands.Add(WaitReadyCommand.Build(context));
        root.Subcommands.Add(VersionCommand.Build(context));
        root.Subcommands.Add(DocsCommand.Build(context));
        return root;
    }
}
