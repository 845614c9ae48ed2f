using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau topics delete</c>.</summary>
internal static class TopicDeleteCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var ifExists = new Option<bool>("--if-exists") { Description = "No error when there is none." };
        var command = new CliCommand("delete", "Delete topics with all their records.", "moldau topics delete orders", "moldau topics delete 'test-.*'") { ifExists };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<string> asked = filter.Names(parsed);
            IReadOnlyList<TopicListing> all = await session.Admin.ListTopicsAsync(new ListTopicsOptions { ListInternal = true }, cancellation);
            IReadOnlyList<string> names = TopicFilter.Choose(asked, all.Select(topic => topic.Name));
            if (names.Count == 0)
            {
                return parsed.GetValue(ifExists)
                    ? CommandExit.Ok
                    : throw CliException.Failed($"there is no topic {string.Join(", ", asked)}", Failures.NextStep(Protocol.ErrorCode.UnknownTopicOrPartition));
            }

            var results = await session.Admin.DeleteTopicsAsync(names, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (string name in names)
            {
                outcomes.Add(new Facts().Add("topic", name).Add("deleted", results[name].IsSuccess), $"Deleted topic {name}.", results[name].Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }
}
