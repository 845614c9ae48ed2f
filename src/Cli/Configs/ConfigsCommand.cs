using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau configs</c>: what kafka-configs does.</summary>
internal static class ConfigsCommand
{
    public static Command Build(CliContext context) => new("configs", "Show and change the configuration of topics, brokers, groups and so on.")
    {
        Subcommands = { ConfigDescribeCommand.Build(context), ConfigAlterCommand.Build(context) },
    };
}
