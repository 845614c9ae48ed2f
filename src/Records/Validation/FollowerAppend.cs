namespace Moldau.Records;

/// <summary>
/// What a follower learns from fetched batches before it appends them as they are: it trusts its leader and looks at headers and checksums only.
/// </summary>
public readonly record struct FollowerAppend
{
    /// <summary>The bytes of the whole batches; a partial one after them is not appended. 0 when there is nothing to append.</summary>
    public int ValidBytes { get; private init; }

    /// <summary>The offset of the first record; -1 when the first batch is of magic 0 or 1 and does not say, or nothing is there.</summary>
    public long FirstOffset { get; private init; }

    /// <summary>The last offset of the first batch; -1 when nothing is there.</summary>
    public long LastOffsetOfFirstBatch { get; private init; }

    /// <summary>The last offset; -1 when nothing is there.</summary>
    public long LastOffset { get; private init; }

    /// <summary>The leader epoch of the last batch; -1 when it has none.</summary>
    public int LastLeaderEpoch { get; private init; }

    /// <summary>The largest timestamp by the headers, in ms since the epoch; -1 for none.</summary>
    public long MaxTimestamp { get; private init; }

    /// <summary>The last offset of the batch with the largest timestamp; -1 for none.</summary>
    public long OffsetOfMaxTimestamp { get; private init; }

    /// <summary>
    /// Goes over the batches. From the first batch on whose leader epoch is above <paramref name="leaderEpoch"/> nothing is appended: it comes from a
    /// leader of which this replica has not heard yet (KAFKA-18723). Throws <see cref="CorruptRecordException"/> when a length, magic or
    /// checksum is wrong, and <see cref="InvalidRecordException"/> when a compression type is or offsets do not grow from batch to batch.
    /// </summary>
    public static FollowerAppend Analyze(ReadOnlySpan<byte> bytes, int leaderEpoch)
    {
        var append = new FollowerAppend
        {
            FirstOffset = -1,
            LastOffsetOfFirstBatch = -1,
            LastOffset = -1,
            LastLeaderEpoch = RecordBatchLayout.NoPartitionLeaderEpoch,
            MaxTimestamp = RecordBatchLayout.NoTimestamp,
            OffsetOfMaxTimestamp = -1,
        };
        bool isAhead = false;
        foreach (var batch in new RecordBatchReader(bytes))
        {
            RequireHeader(batch);
            isAhead |= batch.PartitionLeaderEpoch > leaderEpoch;
            if (isAhead)
            {
                continue;
            }

            batch.EnsureValid();
            if (batch.CompressionType > CompressionType.Zstd)
            {
                throw RecordDecompressor.UnknownType(batch.CompressionType);
            }

            append = append.With(batch);
        }

        return append;
    }

    private static void RequireHeader(RecordBatchHeader batch)
    {
        if (!batch.IsLegacy && batch.SizeBytes < RecordBatchLayout.HeaderBytes)
        {
            throw new CorruptRecordException($"a record batch of {batch.SizeBytes} bytes is shorter than its header");
        }
    }

    private FollowerAppend With(RecordBatchHeader batch)
    {
        bool isFirst = ValidBytes == 0;
        if (batch.LastOffset <= LastOffset || batch.BaseOffset < 0)
        {
            throw new InvalidRecordException($"offsets do not grow: the batch [{batch.BaseOffset}, {batch.LastOffset}] comes after offset {LastOffset}");
        }

        bool hasMaxTimestamp = batch.MaxTimestamp > MaxTimestamp;
        return new FollowerAppend
        {
            ValidBytes = ValidBytes + batch.SizeBytes,
            FirstOffset = isFirst && !batch.IsLegacy ? batch.BaseOffset : FirstOffset,
            LastOffsetOfFirstBatch = isFirst ? batch.LastOffset : LastOffsetOfFirstBatch,
            LastOffset = batch.LastOffset,
            LastLeaderEpoch = batch.PartitionLeaderEpoch,
            MaxTimestamp = hasMaxTimestamp ? batch.MaxTimestamp : MaxTimestamp,
            OffsetOfMaxTimestamp = hasMaxTimestamp ? batch.LastOffset : OffsetOfMaxTimestamp,
        };
    }
}
