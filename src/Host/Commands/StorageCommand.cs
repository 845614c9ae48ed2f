using System.CommandLine;
using Moldau.Configuration;

namespace Moldau.Host;

/// <summary><c>moldau storage format|info|random-uuid</c>, with the options of Apache Kafka's storage tool.</summary>
internal static class StorageCommand
{
    public static Command Build(ProgramContext context) =>
        new("storage", "Format log directories, and look at them.") { Subcommands = { FormatCommand.Build(context), Info(context), RandomUuid(context) } };

    /// <summary>Loads the configuration and runs <paramref name="action"/> with it; what is wrong goes to standard error.</summary>
    internal static int WithConfiguration(ProgramContext context, string? file, Func<NodeConfiguration, int> action)
    {
        try
        {
            return action(ConfigurationLoader.Load(file, [], context.Environment, context.Disk).Node);
        }
        catch (ConfigurationException exception)
        {
            context.Error.WriteLine("moldau: " + exception.Message);
            return ExitCode.Usage;
        }
    }

    private static Command Info(ProgramContext context)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file.", HelpName = "FILE" };
        var command = new Command("info", "Show the log directories of this node.") { config };
        command.SetAction(parsed => WithConfiguration(
            context, parsed.GetValue(config), node => StorageInfo.Print(context.Out, context.Disk, StorageDirectories.Of(node))));
        return command;
    }

    private static Command RandomUuid(ProgramContext context)
    {
        var command = new Command("random-uuid", "Print a new cluster id.");
        command.SetAction(_ =>
        {
            context.Out.WriteLine(NodeFormatter.NewClusterId(context));
            return ExitCode.Ok;
        });
        return command;
    }
}
