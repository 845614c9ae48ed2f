using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Coordination.Tests;

/// <summary>Consumer groups over a log in memory, by a clock that the test moves.</summary>
public sealed class ConsumerGroupHarness : IDisposable
{
    public const string Group = "group";

    private readonly RuntimeHarness<GroupShard> _runtime;
    private long _metadataOffset;
    private ulong _topics;

    public ConsumerGroupHarness(int seed = 1)
    {
        var options = new CoordinatorRuntimeOptions { Topic = "__consumer_offsets", Codec = CoordinatorRecordCodec.Group };
        var entropy = new TestEntropy(seed);
        _runtime = new RuntimeHarness<GroupShard>(options, context => new GroupShard(context, () => new GroupCoordinatorOptions { Consumer = Options }, entropy, new GroupMetrics()));
        _runtime.Load();
    }

    public ConsumerGroupOptions Options { get; set; } = new() { TimeoutsOf = static _ => new ConsumerGroupTimeouts(45_000, 5_000, 0) };

    public RuntimeHarness<GroupShard> Runtime => _runtime;

    public ConsumerGroup? State => _runtime.Shard.Groups.Find(Group) as ConsumerGroup;

    /// <summary>What of topics a caller may describe; null for all.</summary>
    public Func<IReadOnlyCollection<string>, IReadOnlyCollection<string>>? Describable { get; set; }

    public Uuid CreateTopic(string name, int partitions)
    {
        var id = new Uuid(7, ++_topics);
        var records = new List<IMetadataRecord> { new TopicRecord { Name = name, TopicId = id } };
        records.AddRange(Enumerable.Range(0, partitions).Select(partition => Partition(id, partition)));
        Publish(records);
        return id;
    }

    public void AddPartitions(Uuid topic, int from, int to) => Publish([.. Enumerable.Range(from, to - from).Select(partition => Partition(topic, partition))]);

    public void DeleteTopic(Uuid topic) => Publish([new RemoveTopicRecord { TopicId = topic }]);

    /// <summary>Sends a heartbeat; a refusal is thrown.</summary>
    public ConsumerGroupHeartbeatResponse Send(ConsumerGroupHeartbeatRequest request) => RuntimeHarness<GroupShard>.Result(Begin(request));

    /// <summary>Sends a heartbeat that must be refused, and returns with what.</summary>
    public ErrorCode Refused(ConsumerGroupHeartbeatRequest request) => RuntimeHarness<GroupShard>.ErrorOf(Begin(request));

    public Task<ConsumerGroupHeartbeatResponse> Begin(ConsumerGroupHeartbeatRequest request) =>
        _runtime.BeginWrite(shard => shard.Consumers.Heartbeat(new ConsumerGroupCaller("client", "/127.0.0.1", Describable), request));

    /// <summary>A member joins with these topics.</summary>
    public ConsumerGroupHeartbeatResponse Join(string memberId, params string[] topics) => Send(JoinRequest(memberId, topics));

    public static ConsumerGroupHeartbeatRequest JoinRequest(string memberId, params string[] topics) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        RebalanceTimeoutMs = 10_000,
        SubscribedTopicNames = [.. topics.Select(topic => new TopicName(topic))],
        TopicPartitions = [],
        InstanceId = null,
        RackId = null,
        ServerAssignor = null,
        SubscribedTopicRegex = null,
    };

    /// <summary>A heartbeat of a member that stays; with what it has when that is given.</summary>
    public static ConsumerGroupHeartbeatRequest Beat(string memberId, int epoch, PartitionSet? owned = null) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        MemberEpoch = epoch,
        RebalanceTimeoutMs = -1,
        TopicPartitions = owned is null ? null : ToMessage(owned),
        SubscribedTopicNames = null,
        InstanceId = null,
        RackId = null,
        ServerAssignor = null,
        SubscribedTopicRegex = null,
    };

    public static List<ConsumerGroupHeartbeatRequest.TopicPartitionsData> ToMessage(PartitionSet owned) =>
        [.. owned.Topics.Select(topic => new ConsumerGroupHeartbeatRequest.TopicPartitionsData
        {
            TopicId = topic,
            Partitions = [.. owned.Of(topic).ToArray()],
        })];

    public static PartitionSet? AssignmentOf(ConsumerGroupHeartbeatResponse response)
    {
        if (response.Assignment is null)
        {
            return null;
        }

        var partitions = new PartitionSetBuilder();
        foreach (var topic in response.Assignment.TopicPartitions)
        {
            topic.Partitions.ForEach(partition => partitions.Add(topic.TopicId, partition));
        }

        return partitions.Build();
    }

    public static PartitionSet Partitions(Uuid topic, params int[] partitions)
    {
        var set = new PartitionSetBuilder();
        foreach (var partition in partitions)
        {
            set.Add(topic, partition);
        }

        return set.Build();
    }

    public void Dispose() => _runtime.Dispose();

    private static PartitionRecord Partition(Uuid topic, int partition) => new()
    {
        TopicId = topic,
        PartitionId = partition,
        Replicas = [1],
        Isr = [1],
        Leader = 1,
    };

    private void Publish(IReadOnlyList<IMetadataRecord> records)
    {
        var delta = new MetadataDelta(_runtime.Image);
        foreach (var record in records)
        {
            delta.Replay(record);
        }

        _metadataOffset += records.Count;
        _runtime.Publish(delta.Apply(MetadataProvenance.Empty with { LastContainedOffset = _metadataOffset }), delta);
    }
}
