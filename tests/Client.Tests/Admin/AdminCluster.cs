using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>What a scripted cluster says of itself.</summary>
internal static class AdminCluster
{
    /// <summary>Options without waits between attempts.</summary>
    public static AdminOptions On(INetwork network, TimeProvider? time = null) => new()
    {
        BootstrapServers = "broker:9092",
        RetryBackoff = TimeSpan.Zero,
        RetryBackoffMax = TimeSpan.Zero,
        ReconnectBackoff = TimeSpan.Zero,
        ReconnectBackoffMax = TimeSpan.Zero,
        Seams = new ClientSeams { Network = network, Time = time ?? TimeProvider.System },
    };

    /// <summary>Broker 1, and brokers 2 and on at the ports behind its own; topics have two partitions, led by broker 1 and the last; one named nope is not there.</summary>
    public static MetadataResponse? Metadata(IRequest request, int brokers = 1) => request is not MetadataRequest metadata ? null : new MetadataResponse
    {
        ClusterId = "c",
        ControllerId = 1,
        Brokers = [.. Enumerable.Range(1, brokers).Select(id => new MetadataResponse.MetadataResponseBroker { NodeId = id, Host = "broker", Port = 9091 + id })],
        Topics = [.. (metadata.Topics ?? []).Select(topic => Topic(topic.Name!.Value, brokers))],
    };

    /// <summary>What a broker with these topics answers, in the order of their names.</summary>
    public static DescribeTopicPartitionsResponse Page(DescribeTopicPartitionsRequest request, Dictionary<string, int> topics)
    {
        var page = new DescribeTopicPartitionsResponse();
        int room = request.ResponsePartitionLimit;
        foreach (string name in request.Topics.Select(topic => topic.Name.Value).Where(name => request.Cursor is null || string.CompareOrdinal(name, request.Cursor.TopicName) >= 0))
        {
            int from = request.Cursor?.TopicName.Value == name ? request.Cursor.PartitionIndex : 0;
            int count = topics.GetValueOrDefault(name);
            int until = Math.Min(count, from + room);
            page.Topics.Add(new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
            {
                Name = name,
                ErrorCode = count == 0 ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None,
                Partitions = [.. Enumerable.Range(from, until - from).Select(index => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition { PartitionIndex = index })],
            });
            room -= until - from;
            if (until < count || room == 0)
            {
                page.NextCursor = new DescribeTopicPartitionsResponse.Cursor { TopicName = name, PartitionIndex = until };
                if (until < count)
                {
                    return page;
                }

                string? next = request.Topics.Select(topic => topic.Name.Value).FirstOrDefault(other => string.CompareOrdinal(other, name) > 0);
                page.NextCursor = next is null ? null : new DescribeTopicPartitionsResponse.Cursor { TopicName = next, PartitionIndex = 0 };
                return page;
            }
        }

        return page;
    }

    private static MetadataResponse.MetadataResponseTopic Topic(string name, int brokers) => name == "nope"
        ? new MetadataResponse.MetadataResponseTopic { Name = name, ErrorCode = ErrorCode.UnknownTopicOrPartition }
        : new MetadataResponse.MetadataResponseTopic
        {
            Name = name,
            Partitions =
            [
                new MetadataResponse.MetadataResponsePartition { PartitionIndex = 0, LeaderId = 1, ReplicaNodes = [1], IsrNodes = [1] },
                new MetadataResponse.MetadataResponsePartition { PartitionIndex = 1, LeaderId = brokers, ReplicaNodes = [brokers], IsrNodes = [brokers] },
            ],
        };
}
