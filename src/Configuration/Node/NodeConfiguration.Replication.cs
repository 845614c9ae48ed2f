namespace Moldau.Configuration;

/// <summary>Replication between brokers, and the internal topics.</summary>
public sealed partial class NodeConfiguration
{
    public long ReplicaLagTimeMaxMs { get; private set; }

    public int ReplicaSocketTimeoutMs { get; private set; }

    public int ReplicaSocketReceiveBufferBytes { get; private set; }

    public int ReplicaFetchMaxBytes { get; private set; }

    public int ReplicaFetchMinBytes { get; private set; }

    public int ReplicaFetchWaitMaxMs { get; private set; }

    public int ReplicaFetchResponseMaxBytes { get; private set; }

    public int ReplicaFetchBackoffMs { get; private set; }

    public int NumReplicaFetchers { get; private set; }

    public long ReplicaHighWatermarkCheckpointIntervalMs { get; private set; }

    public bool AutoLeaderRebalance { get; private set; }

    public long LeaderImbalanceCheckIntervalSeconds { get; private set; }

    /// <summary>How often the controller looks for leaderless partitions of topics that allow an unclean election.</summary>
    public long UncleanElectionIntervalMs { get; private set; }

    public int OffsetsTopicPartitions { get; private set; }

    public short OffsetsTopicReplicationFactor { get; private set; }

    public int OffsetsTopicSegmentBytes { get; private set; }

    public int TransactionLogPartitions { get; private set; }

    public short TransactionLogReplicationFactor { get; private set; }

    public int TransactionLogMinIsr { get; private set; }

    public int TransactionLogSegmentBytes { get; private set; }

    public int ShareStateTopicPartitions { get; private set; }

    public short ShareStateTopicReplicationFactor { get; private set; }

    public short ShareStateTopicMinIsr { get; private set; }

    public int ShareStateTopicSegmentBytes { get; private set; }

    private void ReadReplication()
    {
        ReplicaLagTimeMaxMs = Long("replica.lag.time.max.ms");
        ReplicaSocketTimeoutMs = Int("replica.socket.timeout.ms");
        ReplicaSocketReceiveBufferBytes = Int("replica.socket.receive.buffer.bytes");
        ReplicaFetchMaxBytes = Int("replica.fetch.max.bytes");
        ReplicaFetchMinBytes = Int("replica.fetch.min.bytes");
        ReplicaFetchWaitMaxMs = Int("replica.fetch.wait.max.ms");
        ReplicaFetchResponseMaxBytes = Int("replica.fetch.response.max.bytes");
        ReplicaFetchBackoffMs = Int("replica.fetch.backoff.ms");
        NumReplicaFetchers = Int("num.replica.fetchers");
        ReplicaHighWatermarkCheckpointIntervalMs = Long("replica.high.watermark.checkpoint.interval.ms");
        AutoLeaderRebalance = Boolean("auto.leader.rebalance.enable");
        LeaderImbalanceCheckIntervalSeconds = Long("leader.imbalance.check.interval.seconds");
        UncleanElectionIntervalMs = Long("unclean.leader.election.interval.ms");
        OffsetsTopicPartitions = Int("offsets.topic.num.partitions");
        OffsetsTopicReplicationFactor = Short("offsets.topic.replication.factor");
        OffsetsTopicSegmentBytes = Int("offsets.topic.segment.bytes");
        TransactionLogPartitions = Int("transaction.state.log.num.partitions");
        TransactionLogReplicationFactor = Short("transaction.state.log.replication.factor");
        TransactionLogMinIsr = Int("transaction.state.log.min.isr");
        TransactionLogSegmentBytes = Int("transaction.state.log.segment.bytes");
        ShareStateTopicPartitions = Int("share.coordinator.state.topic.num.partitions");
        ShareStateTopicReplicationFactor = Short("share.coordinator.state.topic.replication.factor");
        ShareStateTopicMinIsr = Short("share.coordinator.state.topic.min.isr");
        ShareStateTopicSegmentBytes = Int("share.coordinator.state.topic.segment.bytes");
    }
}
