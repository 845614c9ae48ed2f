using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of log directories and what callers see. Stateless; any thread.</summary>
internal static class LogDirMessages
{
    public static IReadOnlyDictionary<string, LogDirDescription> Read(DescribeLogDirsResponse response) =>
        response.Results.ToDictionary(directory => directory.LogDir, Read, StringComparer.Ordinal);

    public static DescribeLogDirsRequest Describe(TopicPartitionReplica[] replicas) => new()
    {
        Topics =
        [
            .. GroupOffsetMessages.ByTopic(replicas.Select(replica => replica.Partition)).Select(topic => new DescribeLogDirsRequest.DescribableLogDirTopic
            {
                Topic = topic.Key,
                Partitions = [.. topic],
            }),
        ],
    };

    public static AlterReplicaLogDirsRequest Alter(TopicPartitionReplica[] replicas, IReadOnlyDictionary<TopicPartitionReplica, string> directories) => new()
    {
        Dirs =
        [
            .. replicas.GroupBy(replica => directories[replica], StringComparer.Ordinal).Select(directory => new AlterReplicaLogDirsRequest.AlterReplicaLogDir
            {
                Path = directory.Key,
                Topics =
                [
                    .. GroupOffsetMessages.ByTopic(directory.Select(replica => replica.Partition)).Select(topic => new AlterReplicaLogDirsRequest.AlterReplicaLogDirTopic
                    {
                        Name = topic.Key,
                        Partitions = [.. topic],
                    }),
                ],
            }),
        ],
    };

    public static ReplicaLogDirInfo Find(IReadOnlyDictionary<string, LogDirDescription> directories, TopicPartition partition)
    {
        var found = new ReplicaLogDirInfo(null, -1, null, -1);
        foreach (LogDirDescription directory in directories.Values)
        {
            if (directory.Replicas.TryGetValue(partition, out ReplicaInfo? replica))
            {
                found = replica.IsFuture
                    ? found with { FutureReplicaLogDir = directory.Path, FutureReplicaOffsetLag = replica.OffsetLag }
                    : found with { CurrentReplicaLogDir = directory.Path, CurrentReplicaOffsetLag = replica.OffsetLag };
            }
        }

        return found;
    }

    private static LogDirDescription Read(DescribeLogDirsResponse.DescribeLogDirsResult directory)
    {
        var replicas = new Dictionary<TopicPartition, ReplicaInfo>();
        foreach (DescribeLogDirsResponse.DescribeLogDirsTopic topic in directory.Topics)
        {
            foreach (DescribeLogDirsResponse.DescribeLogDirsPartition partition in topic.Partitions)
            {
                replicas[new TopicPartition(topic.Name, partition.PartitionIndex)] = new ReplicaInfo(partition.PartitionSize, partition.OffsetLag, partition.IsFutureKey);
            }
        }

        KafkaException? error = directory.ErrorCode == ErrorCode.None ? null : KafkaException.Of(directory.ErrorCode, $"log directory {directory.LogDir}");
        return new LogDirDescription(directory.LogDir, error, replicas)
        {
            TotalBytes = directory.TotalBytes >= 0 ? directory.TotalBytes : default(long?),
            UsableBytes = directory.UsableBytes >= 0 ? directory.UsableBytes : default(long?),
            IsCordoned = directory.IsCordoned,
        };
    }
}
