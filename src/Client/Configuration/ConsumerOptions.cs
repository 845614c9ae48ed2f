using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// How a consumer reads, and as which member of which group. Kafka's key of each property is in brackets. Immutable; safe from any thread.
/// </summary>
public sealed partial record ConsumerOptions : ClientOptions
{
    /// <summary>The group (<c>group.id</c>); null for a consumer that neither subscribes nor commits.</summary>
    public string? GroupId { get; init; }

    /// <summary>The name of a static member, which keeps its partitions over a restart (<c>group.instance.id</c>, KIP-345).</summary>
    public string? GroupInstanceId { get; init; }

    /// <summary>Which protocol the group speaks (<c>group.protocol</c>; <see cref="GroupProtocol.Classic"/> by default).</summary>
    public GroupProtocol GroupProtocol { get; init; } = GroupProtocol.Classic;

    /// <summary>
    /// The server's assignor under <see cref="GroupProtocol.Consumer"/>: <c>uniform</c> or <c>range</c>; null for the group's (<c>group.remote.assignor</c>).
    /// </summary>
    public string? GroupRemoteAssignor { get; init; }

    /// <summary>Makes the assignors of a classic group, the preferred one first (<c>partition.assignment.strategy</c>). Each consumer gets its own.</summary>
    public Func<IReadOnlyList<ConsumerAssignor>> Assignors { get; init; } = static () => [new RangeAssignor(), new CooperativeStickyAssignor()];

    /// <summary>
    /// After which silence a classic group puts a member out (<c>session.timeout.ms</c>; 45 s by default); the group itself says so under
    /// <see cref="GroupProtocol.Consumer"/>.
    /// </summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How often a classic member tells that it is there (<c>heartbeat.interval.ms</c>; 3 s by default).</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a rebalance waits for a handler to finish the record it has, and after how long a handler that does not move counts as dead, by <see cref="Eviction"/>
    /// (<c>max.poll.interval.ms</c>; 5 min by default).
    /// </summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// When a busy application is put out of the group. <see cref="HandlerEviction.WithoutProgress"/> by default; Kafka's rule is
    /// <see cref="HandlerEviction.ByPollInterval"/>.
    /// </summary>
    public HandlerEviction Eviction { get; init; } = HandlerEviction.WithoutProgress;

    /// <summary>The most records that one batch hands out (<c>max.poll.records</c>; 500 by default).</summary>
    public int MaxPollRecords { get; init; } = 500;

    /// <summary>
    /// Where to begin where nothing was committed, or what was is gone (<c>auto.offset.reset</c>; <see cref="OffsetReset.Latest"/> by default).
    /// </summary>
    public OffsetReset OffsetReset { get; init; } = OffsetReset.Latest;

    /// <summary>
    /// Whether offsets are committed by the consumer: only of records that were handed out and are done with (<c>enable.auto.commit</c>; true by default).
    /// </summary>
    public bool AutoCommit { get; init; } = true;

    /// <summary>How often they are (<c>auto.commit.interval.ms</c>; 5 s by default).</summary>
    public TimeSpan AutoCommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether records of transactions are seen before these are committed (<c>isolation.level</c>; <see cref="IsolationLevel.ReadUncommitted"/> by default).
    /// </summary>
    public IsolationLevel IsolationLevel { get; init; } = IsolationLevel.ReadUncommitted;

    /// <summary>A fetch waits for so many bytes (<c>fetch.min.bytes</c>; 1 by default).</summary>
    public int FetchMinBytes { get; init; } = 1;

    /// <summary>The most that one fetch brings, unless the first batch alone is larger (<c>fetch.max.bytes</c>; 50 MiB by default).</summary>
    public int FetchMaxBytes { get; init; } = 50 * 1024 * 1024;

    /// <summary>The longest that a fetch waits for <see cref="FetchMinBytes"/> (<c>fetch.max.wait.ms</c>; 500 ms by default).</summary>
    public TimeSpan FetchMaxWait { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The most that one fetch brings of one partition, unless its first batch alone is larger (<c>max.partition.fetch.bytes</c>; 1 MiB by default).
    /// </summary>
    public int MaxPartitionFetchBytes { get; init; } = 1024 * 1024;

    /// <summary>
    /// How many bytes of records are kept ahead of the application, decompressed. Fetching pauses above it: a slow handler costs no more memory than this
    /// and one answer. 64 MiB by default.
    /// </summary>
    public long PrefetchMaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether the checksum of each batch is compared (<c>check.crcs</c>; true by default).</summary>
    public bool CheckCrcs { get; init; } = true;

    /// <summary>Whether a topic that is subscribed to may be made by the broker (<c>allow.auto.create.topics</c>; true by default).</summary>
    public bool AllowAutoCreateTopics { get; init; } = true;

    /// <summary>Whether a pattern leaves out the cluster's own topics (<c>exclude.internal.topics</c>; true by default).</summary>
    public bool ExcludeInternalTopics { get; init; } = true;

    /// <summary>Is called when partitions come; awaited before their first record is handed out.</summary>
    public Func<IReadOnlyList<TopicPartition>, CancellationToken, ValueTask>? OnAssigned { get; init; }

    /// <summary>Is called when partitions go that still belong to this member: what was done with them can be committed.</summary>
    public Func<IReadOnlyList<TopicPartition>, CancellationToken, ValueTask>? OnRevoked { get; init; }

    /// <summary>Is called when partitions are gone already, and others may have them; <see cref="OnRevoked"/> is called instead when this is null.</summary>
    public Func<IReadOnlyList<TopicPartition>, CancellationToken, ValueTask>? OnLost { get; init; }

    internal override bool AllowsAutoTopicCreation => AllowAutoCreateTopics;
}
