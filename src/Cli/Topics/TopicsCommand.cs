using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau topics</c>: what kafka-topics does.</summary>
internal static class TopicsCommand
{
    public static Command Build(CliContext context) => new("topics", "List, create, describe, alter and delete topics.")
    {
        Subcommands =
        {
            TopicListCommand.Build(context),
            TopicCreateCommand.Build(context),
            TopicDescribeCommand.Build(context),
            TopicAlterCommand.Build(context),
            TopicDeleteCommand.Build(context),
        },
    };
}
