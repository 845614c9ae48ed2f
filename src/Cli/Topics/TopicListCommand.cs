using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau topics list</c>: a name a line, as scripts expect it; with <c>--long</c> a table.</summary>
internal static class TopicListCommand
{
    public static Command Build(CliContext context)
    {
        var filter = new TopicFilter();
        var excludeInternal = new Option<bool>("--exclude-internal") { Description = "Without the cluster's own topics." };
        var isLong = new Option<bool>("--long", "-l") { Description = "A table with partitions and replicas." };
        var command = new CliCommand("list", "List topics.", "moldau topics list", "moldau topics list --long 'orders.*'", "moldau topics list --json") { excludeInternal, isLong };
        filter.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<TopicListing> all = await session.Admin.ListTopicsAsync(new ListTopicsOptions { ListInternal = !parsed.GetValue(excludeInternal) }, cancellation);
            IReadOnlyList<string> names = TopicFilter.Choose(filter.Given(parsed), all.Select(topic => topic.Name));
            if (!session.Report.IsJson && !parsed.GetValue(isLong))
            {
                foreach (string name in names)
                {
                    session.Report.Say(name);
                }

                return CommandExit.Ok;
            }

            var described = await session.Admin.DescribeTopicsAsync(names, null, cancellation);
            var table = new RowSet(
                Column.Text("topic"), Column.Number("partitions"), Column.Number("replicationFactor", "replicas"), Column.Number("underReplicated", "under-replicated"), Column.Text("internal").Optional(), Column.Text("topicId", "id").Optional())
            {
                WhenEmpty = "no topics",
            };
            // A topic that was deleted meanwhile is no topic any more.
            foreach (TopicDescription topic in names.Select(name => described[name].ValueOrDefault).OfType<TopicDescription>())
            {
                int behind = topic.Partitions.Count(partition => partition.InSyncReplicas.Count < partition.Replicas.Count);
                table.Add(topic.Name, topic.Partitions.Count, topic.Partitions.Min(partition => partition.Replicas.Count), ((Cell)behind).As(behind > 0 ? Tone.Bad : Tone.Plain), topic.IsInternal, topic.TopicId.ToString());
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }
}
