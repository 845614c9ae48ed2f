using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Views;

/// <summary>Topics of one image as clients of one listener see them, in the shapes of Metadata and DescribeTopicPartitions. Pure.</summary>
internal static class TopicView
{
    /// <summary>A topic that exists, with all its partitions. <paramref name="version"/> is that of the Metadata request.</summary>
    public static MetadataResponse.MetadataResponseTopic Describe(MetadataImage image, string listener, TopicImage topic, short version)
    {
        var partitions = new List<MetadataResponse.MetadataResponsePartition>(topic.PartitionCount);
        foreach (var (index, partition) in topic.Partitions)
        {
            partitions.Add(Describe(image, listener, index, partition, version));
        }

        return new MetadataResponse.MetadataResponseTopic
        {
            Name = new TopicName(topic.Name),
            TopicId = topic.Id,
            IsInternal = TopicNames.IsInternal(topic.Name),
            Partitions = partitions,
        };
    }

    /// <summary>A topic that cannot be shown. With an unknown id the name is null, with an unknown name the id is zero.</summary>
    public static MetadataResponse.MetadataResponseTopic Failed(ErrorCode error, string? name, Uuid topicId) => new()
    {
        ErrorCode = error,
        Name = name is null ? default(TopicName?) : new TopicName(name),
        TopicId = topicId,
        IsInternal = name is not null && TopicNames.IsInternal(name),
    };

    /// <summary>The error of a name that is no topic: illegal, or unknown.</summary>
    public static ErrorCode ErrorOfMissing(string name) => TopicNames.Validate(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException;

    /// <summary>
    /// The topics from a cursor on, up to a number of partitions (KIP-966). <paramref name="names"/> is in ordinal order and begins with the cursor's topic.
    /// </summary>
    /// <param name="firstPartition">Where the first topic begins.</param>
    /// <param name="partitionsMax">The most partitions in the answer; where more are left the answer has a cursor.</param>
    /// <param name="skipMissing">All topics were asked for: one that has gone meanwhile is no error.</param>
    public static DescribeTopicPartitionsResponse DescribePartitions(
        MetadataImage image, string listener, IReadOnlyList<string> names, int firstPartition, int partitionsMax, bool skipMissing)
    {
        var response = new DescribeTopicPartitionsResponse();
        var left = partitionsMax;
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i];
            if (left == 0)
            {
                response.NextCursor = Cursor(name, 0);
                break;
            }

            if (image.Topics.Find(name) is not { } topic)
            {
                if (!skipMissing)
                {
                    response.Topics.Add(new() { ErrorCode = ErrorOfMissing(name), Name = new TopicName(name), IsInternal = TopicNames.IsInternal(name) });
                }

                continue;
            }

            var start = i == 0 ? firstPartition : 0;
            var end = Math.Min(topic.PartitionCount, start + left);
            response.Topics.Add(DescribePartitions(image, listener, topic, start, end));
            left -= Math.Max(end - start, 0);
            if (end < topic.PartitionCount)
            {
                response.NextCursor = Cursor(name, end);
                break;
            }
        }

        return response;
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic DescribePartitions(
        MetadataImage image, string listener, TopicImage topic, int start, int end)
    {
        var described = new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic
        {
            Name = new TopicName(topic.Name),
            TopicId = topic.Id,
            IsInternal = TopicNames.IsInternal(topic.Name),
        };
        for (var index = start; index < end; index++)
        {
            if (topic.Partition(index) is { } partition)
            {
                var view = new PartitionView(image, listener, partition);
                described.Partitions.Add(new()
                {
                    PartitionIndex = index,
                    LeaderId = view.LeaderId,
                    LeaderEpoch = partition.LeaderEpoch,
                    ReplicaNodes = view.Ids(partition.Replicas, reachableOnly: false),
                    IsrNodes = view.Ids(partition.Isr, reachableOnly: false),
                    EligibleLeaderReplicas = view.Ids(partition.Elr, reachableOnly: false),
                    LastKnownElr = view.Ids(partition.LastKnownElr, reachableOnly: false),
                    OfflineReplicas = view.OfflineReplicas(),
                });
            }
        }

        return described;
    }

    private static MetadataResponse.MetadataResponsePartition Describe(MetadataImage image, string listener, int index, PartitionRegistration partition, short version)
    {
        var view = new PartitionView(image, listener, partition);
        var reachableOnly = version == 0;
        var replicas = view.Ids(partition.Replicas, reachableOnly);
        var isr = view.Ids(partition.Isr, reachableOnly);
        var error = view.LeaderError(knowsListenerNotFound: version >= 6);
        if (error == ErrorCode.None && (replicas.Count < partition.Replicas.Length || isr.Count < partition.Isr.Length))
        {
            error = ErrorCode.ReplicaNotAvailable;
        }

        return new MetadataResponse.MetadataResponsePartition
        {
            ErrorCode = error,
            PartitionIndex = index,
            LeaderId = view.LeaderId,
            LeaderEpoch = partition.LeaderEpoch,
            ReplicaNodes = replicas,
            IsrNodes = isr,
            OfflineReplicas = view.OfflineReplicas(),
        };
    }

    private static DescribeTopicPartitionsResponse.Cursor Cursor(string topic, int partition) => new() { TopicName = topic, PartitionIndex = partition };
}
