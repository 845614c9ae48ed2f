using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau groups</c>: what kafka-groups, kafka-consumer-groups, kafka-share-groups and kafka-streams-groups do.</summary>
internal static class GroupsCommand
{
    public static Command Build(CliContext context) => new("groups", "List groups, show their lag, reset their offsets.")
    {
        Subcommands =
        {
            GroupListCommand.Build(context),
            GroupDescribeCommand.Build(context),
            GroupDeleteCommand.Build(context),
            ResetOffsetsCommand.Build(context),
            DeleteOffsetsCommand.Build(context),
            RemoveMembersCommand.Build(context),
        },
    };
}
