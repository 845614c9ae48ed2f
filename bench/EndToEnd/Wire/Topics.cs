using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Wire;

/// <summary>Makes topics, waits until their partitions have leaders, deletes them.</summary>
internal static class Topics
{
    private const int PauseMs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static void Create(KafkaClient client, string name, int partitions, params IEnumerable<(string Key, string Value)> configs)
    {
        CreateTopicsResponse created = client.Call<CreateTopicsResponse>(ApiKey.CreateTopics, 7, new CreateTopicsRequest
        {
            TimeoutMs = 30_000,
            Topics =
            [
                new CreateTopicsRequest.CreatableTopic
                {
                    Name = name,
                    NumPartitions = partitions,
                    ReplicationFactor = 1,

                    // What a run has written and deleted is there for the next one to write to.
                    Configs =
                    [
                        new CreateTopicsRequest.CreatableTopicConfig { Name = "file.delete.delay.ms", Value = "0" },
                        .. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value }),
                    ],
                },
            ],
        });
        if (created.Topics[0].ErrorCode != ErrorCode.None)
        {
            throw new BenchException($"topic {name} was not made: {created.Topics[0].ErrorCode} {created.Topics[0].ErrorMessage}");
        }

        Until.True(() => HaveLeaders(client, name, partitions), Patience, PauseMs, () => $"topic {name} has no leaders");
    }

    public static void Delete(KafkaClient client, string name)
    {
        DeleteTopicsResponse deleted = client.Call<DeleteTopicsResponse>(ApiKey.DeleteTopics, 5, new DeleteTopicsRequest { TimeoutMs = 30_000, TopicNames = [name] });
        if (deleted.Responses[0].ErrorCode != ErrorCode.None)
        {
            throw new BenchException($"topic {name} was not deleted: {deleted.Responses[0].ErrorCode}");
        }
    }

    /// <summary>As ListOffsets sees it, which also shows that the leader serves the partition.</summary>
    private static bool HaveLeaders(KafkaClient client, string name, int partitions)
    {
        ListOffsetsResponse offsets = client.Call<ListOffsetsResponse>(ApiKey.ListOffsets, 7, new ListOffsetsRequest
        {
            ReplicaId = -1,
            Topics =
            [
                new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = name,
                    Partitions = [.. Enumerable.Range(0, partitions).Select(index => new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = index, Timestamp = -1 })],
                },
            ],
        });
        return offsets.Topics[0].Partitions.TrueForAll(partition => partition.ErrorCode == ErrorCode.None);
    }
}
