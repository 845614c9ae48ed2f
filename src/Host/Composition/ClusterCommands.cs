using System.CommandLine;
using System.Text;
using Moldau.Cli;

namespace Moldau.Host;

/// <summary>Puts the commands over the protocol into the program's tree. Not touched by a node that starts.</summary>
internal static class ClusterCommands
{
    /// <summary>Adds them; runs the command at once, and gives its exit code, where its options are not for the tree to read.</summary>
    public static Task<int?> AddToAsync(RootCommand root, ProgramContext context, string[] line)
    {
        CliContext cli = ContextOf(context);
        CommandTree.AddTo(root, cli);
        return CommandTree.RunWithoutTreeAsync(cli, root, line);
    }

    /// <summary>What the locale says, as C programs have it: the first of the variables that is set.</summary>
    private static bool IsUnicode(System.Collections.IDictionary environment)
    {
        string[] names = ["LC_ALL", "LC_CTYPE", "LANG"];
        string locale = names.Select(name => environment[name] as string).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        return OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() || locale.Replace("-", "", StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase);
    }

    private static CliContext ContextOf(ProgramContext context)
    {
        (Stream output, Stream input) = context.Streams();
        bool isTerminal = context.IsProcess && !Console.IsOutputRedirected;
        return new CliContext
        {
            Out = context.IsProcess ? new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = isTerminal } : context.Out,
            Error = context.Error,
            Output = output,
            HasLostReader = context.HasLostReader,
            Input = input,
            Disk = context.Disk,
            IsTerminal = isTerminal,
            IsErrorTerminal = context.IsProcess && !Console.IsErrorRedirected,
            IsInputTerminal = context.IsProcess && !Console.IsInputRedirected,
            UsesColors = isTerminal && string.IsNullOrEmpty(context.Environment["NO_COLOR"] as string) && context.Environment["TERM"] is not "dumb",
            UsesUnicode = IsUnicode(context.Environment),
            Width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : 80,
            StopSignals = context.StopSignals,
        };
    }
}
