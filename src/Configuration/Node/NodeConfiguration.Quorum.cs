namespace Moldau.Configuration;

/// <summary>The controller quorum, its log and its snapshots.</summary>
public sealed partial class NodeConfiguration
{
    /// <summary>controller.quorum.voters: the static voters; empty when the quorum is dynamic (KIP-853).</summary>
    public IReadOnlyList<QuorumVoter> QuorumVoters { get; private set; } = [];

    /// <summary>controller.quorum.bootstrap.servers.</summary>
    public IReadOnlyList<HostPort> QuorumBootstrapServers { get; private set; } = [];

    public bool QuorumAutoJoin { get; private set; }

    public int QuorumElectionTimeoutMs { get; private set; }

    public int QuorumElectionBackoffMaxMs { get; private set; }

    public int QuorumFetchTimeoutMs { get; private set; }

    public int QuorumRequestTimeoutMs { get; private set; }

    public int QuorumRetryBackoffMs { get; private set; }

    public int QuorumAppendLingerMs { get; private set; }

    public int QuorumFetchMaxBytes { get; private set; }

    public int QuorumFetchSnapshotMaxBytes { get; private set; }

    /// <summary>internal.metadata.log.segment.bytes when it is set, else metadata.log.segment.bytes.</summary>
    public int MetadataLogSegmentBytes { get; private set; }

    public long MetadataLogSegmentMs { get; private set; }

    public long MetadataDeleteDelayMs { get; private set; }

    public int MetadataMaxBatchBytes { get; private set; }

    public long MetadataMaxRetentionBytes { get; private set; }

    public long MetadataMaxRetentionMs { get; private set; }

    public long MetadataMaxRecordBytesBetweenSnapshots { get; private set; }

    public long MetadataMaxSnapshotIntervalMs { get; private set; }

    /// <summary>Zero: no no-op records.</summary>
    public int MetadataMaxIdleIntervalMs { get; private set; }

    public int BrokerHeartbeatIntervalMs { get; private set; }

    public int BrokerSessionTimeoutMs { get; private set; }

    public int InitialBrokerRegistrationTimeoutMs { get; private set; }

    public long ServerMaxStartupTimeMs { get; private set; }

    public bool ControlledShutdownEnable { get; private set; }

    private void ReadQuorum()
    {
        QuorumVoters = [.. List("controller.quorum.voters").Select(QuorumParser.Voter)];
        QuorumBootstrapServers = [.. List("controller.quorum.bootstrap.servers").Select(QuorumParser.BootstrapServer)];
        QuorumAutoJoin = Boolean("controller.quorum.auto.join.enable");
        QuorumElectionTimeoutMs = Int("controller.quorum.election.timeout.ms");
        QuorumElectionBackoffMaxMs = Int("controller.quorum.election.backoff.max.ms");
        QuorumFetchTimeoutMs = Int("controller.quorum.fetch.timeout.ms");
        QuorumRequestTimeoutMs = Int("controller.quorum.request.timeout.ms");
        QuorumRetryBackoffMs = Int("controller.quorum.retry.backoff.ms");
        QuorumAppendLingerMs = Int("controller.quorum.append.linger.ms");
        QuorumFetchMaxBytes = Int("controller.quorum.fetch.max.bytes");
        QuorumFetchSnapshotMaxBytes = Int("controller.quorum.fetch.snapshot.max.bytes");
        MetadataLogSegmentBytes = (int?)Value("internal.metadata.log.segment.bytes") ?? Int("metadata.log.segment.bytes");
        MetadataLogSegmentMs = Long("metadata.log.segment.ms");
        MetadataDeleteDelayMs = Long("internal.metadata.delete.delay.millis");
        MetadataMaxBatchBytes = Int("internal.metadata.max.batch.size.in.bytes");
        MetadataMaxRetentionBytes = Long("metadata.max.retention.bytes");
        MetadataMaxRetentionMs = Long("metadata.max.retention.ms");
        MetadataMaxRecordBytesBetweenSnapshots = Long("metadata.log.max.record.bytes.between.snapshots");
        MetadataMaxSnapshotIntervalMs = Long("metadata.log.max.snapshot.interval.ms");
        MetadataMaxIdleIntervalMs = Int("metadata.max.idle.interval.ms");
        BrokerHeartbeatIntervalMs = Int("broker.heartbeat.interval.ms");
        BrokerSessionTimeoutMs = Int("broker.session.timeout.ms");
        InitialBrokerRegistrationTimeoutMs = Int("initial.broker.registration.timeout.ms");
        ServerMaxStartupTimeMs = Long("server.max.startup.time.ms");
        ControlledShutdownEnable = Boolean("controlled.shutdown.enable");
    }
}
