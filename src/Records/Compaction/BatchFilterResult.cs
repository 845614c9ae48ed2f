namespace Moldau.Records;

/// <summary>What a filter read and kept.</summary>
public record struct BatchFilterResult
{
    public BatchFilterResult()
    {
    }

    public int RecordsRead { get; internal set; }

    public int RecordsRetained { get; internal set; }

    public int BytesRead { get; internal set; }

    public int BytesRetained { get; internal set; }

    /// <summary>The largest offset kept; -1 for none.</summary>
    public long MaxOffset { get; internal set; } = -1;

    /// <summary>The largest timestamp kept, in ms since the epoch; -1 for none.</summary>
    public long MaxTimestamp { get; internal set; } = RecordBatchLayout.NoTimestamp;

    /// <summary>The last offset of the batch with the largest timestamp; -1 for none.</summary>
    public long OffsetOfMaxTimestamp { get; internal set; } = -1;

    internal void Count(int records, int bytes, long maxOffset, long maxTimestamp, long lastOffset)
    {
        RecordsRetained += records;
        BytesRetained += bytes;
        MaxOffset = Math.Max(MaxOffset, maxOffset);
        if (maxTimestamp > MaxTimestamp)
        {
            MaxTimestamp = maxTimestamp;
            OffsetOfMaxTimestamp = lastOffset;
        }
    }
}
