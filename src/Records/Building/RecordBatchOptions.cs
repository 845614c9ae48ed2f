namespace Moldau.Records;

/// <summary>What the header of a new batch says. The default is what a plain producer sends.</summary>
public readonly struct RecordBatchOptions()
{
    public long BaseOffset { get; init; }

    public RecordCompression Compression { get; init; }

    public TimestampType TimestampType { get; init; } = TimestampType.CreateTime;

    /// <summary>The maximum timestamp of a batch with the timestamp type LogAppendTime, in ms since the epoch.</summary>
    public long LogAppendTimeMs { get; init; } = RecordBatchLayout.NoTimestamp;

    public int PartitionLeaderEpoch { get; init; } = RecordBatchLayout.NoPartitionLeaderEpoch;

    public long ProducerId { get; init; } = RecordBatchLayout.NoProducerId;

    public short ProducerEpoch { get; init; } = RecordBatchLayout.NoProducerEpoch;

    public int BaseSequence { get; init; } = RecordBatchLayout.NoSequence;

    public bool IsTransactional { get; init; }

    public bool IsControl { get; init; }

    /// <summary>When tombstones and markers of the batch may go, in ms since the epoch (KIP-534); null when that is not decided.</summary>
    public long? DeleteHorizonMs { get; init; }
}
