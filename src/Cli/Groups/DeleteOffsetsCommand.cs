using System.CommandLine;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau groups delete-offsets</c>.</summary>
internal static class DeleteOffsetsCommand
{
    public static Command Build(CliContext context)
    {
        var groups = new GroupOptions(canBeAll: false);
        var topics = new PartitionList();
        var command = new CliCommand("delete-offsets", "Have a group forget what it committed; no member may read the topic.", "moldau groups delete-offsets billing --topic orders");
        groups.AddTo(command);
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<string> names = groups.Get(parsed)!;
            if (names.Count != 1 || !topics.IsGiven(parsed))
            {
                throw CliException.Usage("one group and its topics: moldau groups delete-offsets GROUP --topic TOPIC");
            }

            IReadOnlyList<TopicPartition> partitions = await topics.GetAsync(session, parsed, cancellation);
            GroupOffsets group = await GroupOffsets.OfAsync(session, names[0], cancellation);
            var results = await group.DeleteAsync(partitions, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (TopicPartition partition in partitions)
            {
                outcomes.Add(
                    new Facts().Add("group", names[0]).Add("topic", partition.Topic.Value).Add("partition", partition.Partition.Value).Add("deleted", results[partition].IsSuccess),
                    $"Group {names[0]} has no offset for {partition} any more.",
                    results[partition].Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }
}
