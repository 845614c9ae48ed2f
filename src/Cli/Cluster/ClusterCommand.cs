using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau cluster</c>: what kafka-cluster and kafka-features do.</summary>
internal static class ClusterCommand
{
    public static Command Build(CliContext context) => new("cluster", "Show the cluster, its nodes and features; let nodes go.")
    {
        Subcommands = { Id(context), Describe(context), Nodes(context), FeaturesCommand.Build(context), Unregister(context) },
    };

    private static CliCommand Id(CliContext context)
    {
        var command = new CliCommand("id", "Print the cluster's id.", "moldau cluster id");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellation);
            session.Report.Done($"Cluster ID: {cluster.ClusterId}", new Facts().Add("clusterId", cluster.ClusterId));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Describe(CliContext context)
    {
        var command = new CliCommand("describe", "Show the cluster in a few lines.", "moldau cluster describe");
        command.OnCluster(context, async (session, _, cancellation) =>
        {
            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellation);
            IReadOnlyList<TopicDescription> topics = await TopicReading.DescribeAsync(session, [], withInternal: true, cancellation);
            IReadOnlyList<GroupListing> groups = await session.Admin.ListGroupsAsync(null, cancellation);
            FeatureMetadata features = await session.Admin.DescribeFeaturesAsync(null, cancellation);
            List<TopicPartitionInfo> partitions = [.. topics.SelectMany(topic => topic.Partitions)];
            int offline = partitions.Count(partition => partition.Leader is null);
            int behind = partitions.Count(partition => partition.Leader is not null && partition.InSyncReplicas.Count < partition.Replicas.Count);
            short? level = features.FinalizedFeatures.GetValueOrDefault("metadata.version")?.MaxVersion;
            session.Report.Write(new Facts()
                .Add("clusterId", cluster.ClusterId, "cluster id")
                .Add("brokers", cluster.Nodes.Count)
                .Add("controller", (long?)await QuorumLeader.FindAsync(session, cancellation))
                .Add("metadataVersion", (long?)level, "metadata.version")
                .Add("topics", topics.Count(topic => !topic.IsInternal))
                .Add("internalTopics", topics.Count(topic => topic.IsInternal), "internal topics")
                .Add("partitions", partitions.Count)
                .Add("underReplicated", ((Cell)behind).As(behind > 0 ? Tone.Warning : Tone.Plain), "under-replicated")
                .Add("offline", ((Cell)offline).As(offline > 0 ? Tone.Bad : Tone.Plain))
                .Add("groups", groups.Count));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Nodes(CliContext context)
    {
        var fenced = new Option<bool>("--include-fenced-brokers") { Description = "Also brokers that the controller has fenced." };
        var command = new CliCommand("nodes", "List the nodes with their addresses.", "moldau cluster nodes") { fenced };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            ClusterDescription cluster = await session.Admin.DescribeClusterAsync(new DescribeClusterOptions { IncludeFencedBrokers = parsed.GetValue(fenced) }, cancellation);
            int? leader = await QuorumLeader.FindAsync(session, cancellation);
            var table = new RowSet(Column.Number("id"), Column.Text("host"), Column.Number("port"), Column.Text("rack"), Column.Text("controller"), Column.Text("state"));
            foreach (Node node in cluster.Nodes.OrderBy(node => node.Id))
            {
                table.Add(node.Id, node.Host, node.Port, node.Rack, leader is null ? Cell.None : node.Id == leader, ((Cell)(node.IsFenced ? "fenced" : "active")).As(node.IsFenced ? Tone.Bad : Tone.Good));
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Unregister(CliContext context)
    {
        var id = new Option<int>("--id") { Description = "The node that is gone for good.", HelpName = "ID", Required = true };
        var isController = new Option<bool>("--controller") { Description = "It is a controller, not a broker." };
        var command = new CliCommand("unregister", "Have the cluster forget a broker or controller that is gone for good.", "moldau cluster unregister --id 3") { id, isController };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            int node = parsed.GetValue(id);
            await (parsed.GetValue(isController) ? session.Admin.UnregisterControllerAsync(node, cancellation) : session.Admin.UnregisterBrokerAsync(node, cancellation));
            session.Report.Done($"{(parsed.GetValue(isController) ? "Controller" : "Broker")} {node} is not registered any more.", new Facts().Add("id", node).Add("unregistered", true));
            return CommandExit.Ok;
        });
        return command;
    }
}
