using System.Text.Json;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>kcat's -L.</summary>
internal static class CatListing
{
    public static async Task<int> RunAsync(Session session, CatOptions options, CancellationToken cancellationToken)
    {
        string? topic = options.Topics.Count > 0 ? options.Topics[0] : null;
        ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellationToken);
        IReadOnlyList<string> names = topic is null
            ? [.. (await session.Admin.ListTopicsAsync(new ListTopicsOptions { ListInternal = true }, cancellationToken)).Select(listing => listing.Name)]
            : [topic];
        var described = await session.Admin.DescribeTopicsAsync(names, null, cancellationToken);
        List<(string Name, AdminResult<TopicDescription> Result)> topics = [.. names.Select(name => (name, described[name]))];
        Node origin = cluster.Nodes.Count > 0 ? cluster.Nodes[0] : new Node(-1, session.BootstrapServers, 0);
        if (options.IsJson)
        {
            new Report(session.Context, isJson: true).Object(json => WriteJson(json, topic, cluster, origin, topics));
        }
        else
        {
            WriteText(session.Context.Out, topic, cluster, origin, topics);
        }

        return CommandExit.Ok;
    }

    private static void WriteText(TextWriter output, string? topic, ClusterDescription cluster, Node origin, List<(string Name, AdminResult<TopicDescription> Result)> topics)
    {
        output.WriteLine($"Metadata for {topic ?? "all topics"} (from broker {origin.Id}: {origin.Host}:{origin.Port}/{origin.Id}):");
        output.WriteLine($" {cluster.Nodes.Count} brokers:");
        foreach (Node node in cluster.Nodes)
        {
            output.WriteLine($"  broker {node.Id} at {node.Host}:{node.Port}{(node.Id == cluster.Controller?.Id ? " (controller)" : "")}");
        }

        output.WriteLine($" {topics.Count} topics:");
        foreach ((string name, AdminResult<TopicDescription> result) in topics)
        {
            IReadOnlyList<TopicPartitionInfo> partitions = result.ValueOrDefault?.Partitions ?? [];
            output.WriteLine($"  topic \"{name}\" with {partitions.Count} partitions:{(result.Error is { } error ? " " + error.Message : "")}");
            foreach (TopicPartitionInfo partition in partitions)
            {
                output.WriteLine(
                    $"    partition {partition.Partition}, leader {partition.Leader ?? -1}, replicas: {string.Join(",", partition.Replicas)}, isrs: {string.Join(",", partition.InSyncReplicas)}"
                    + (partition.Leader is null ? ", Broker: Leader not available" : ""));
            }
        }
    }

    private static void WriteJson(Utf8JsonWriter json, string? topic, ClusterDescription cluster, Node origin, List<(string Name, AdminResult<TopicDescription> Result)> topics)
    {
        json.WriteStartObject("originating_broker");
        json.WriteNumber("id", origin.Id);
        json.WriteString("name", $"{origin.Host}:{origin.Port}/{origin.Id}");
        json.WriteEndObject();
        json.WriteStartObject("query");
        json.WriteString("topic", topic ?? "*");
        json.WriteEndObject();
        json.WriteNumber("controllerid", cluster.Controller?.Id ?? -1);
        json.WriteStartArray("brokers");
        foreach (Node node in cluster.Nodes)
        {
            json.WriteStartObject();
            json.WriteNumber("id", node.Id);
            json.WriteString("name", $"{node.Host}:{node.Port}");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("topics");
        foreach ((string name, AdminResult<TopicDescription> result) in topics)
        {
            json.WriteStartObject();
            json.WriteString("topic", name);
            if (result.Error is { } error)
            {
                json.WriteString("error", error.Message);
            }

            json.WriteStartArray("partitions");
            foreach (TopicPartitionInfo partition in result.ValueOrDefault?.Partitions ?? [])
            {
                json.WriteStartObject();
                json.WriteNumber("partition", partition.Partition);
                json.WriteNumber("leader", partition.Leader ?? -1);
                Ids(json, "replicas", partition.Replicas);
                Ids(json, "isrs", partition.InSyncReplicas);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Ids(Utf8JsonWriter json, string name, IReadOnlyList<int> ids)
    {
        json.WriteStartArray(name);
        foreach (int id in ids)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
