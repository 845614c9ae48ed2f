using Moldau.Records;

namespace Moldau.Storage;

/// <summary>
/// Decides what a compaction keeps: the last record of each key; tombstones and markers until their delete horizon; the last batch of each active producer and of the round, if need be
/// without records, so that sequences and offsets survive. Records of aborted transactions go at once. One thread at a time.
/// </summary>
internal sealed class CleanerRetention(OffsetMap map, CleanedTransactions transactions, long upperBoundOffset, long nowMs) : IRecordRetention
{
    private bool discardsRecords;

    /// <summary>The producers that are known now.</summary>
    public IReadOnlyDictionary<long, ProducerLastRecord> Producers { get; set; } = new Dictionary<long, ProducerLastRecord>();

    /// <summary>Whether tombstones of magic 0 and 1, which have no delete horizon, stay.</summary>
    public bool KeepsLegacyTombstones { get; set; }

    /// <summary>The last offset of the last batch seen.</summary>
    public long LastOffset { get; private set; }

    /// <summary>Records without a key, which a compacted log should not have; they go.</summary>
    public long RecordsWithoutKey { get; private set; }

    /// <inheritdoc />
    public BatchRetention Check(RecordBatchHeader batch, out bool isMarkerOfEmptyTransaction)
    {
        // What is written anew gets a new checksum: damage must not get a good one.
        batch.EnsureValid();
        LastOffset = batch.LastOffset;
        var mayGo = batch.IsControl ? transactions.OnControl(batch) : transactions.OnData(batch);
        discardsRecords = mayGo && (!batch.IsControl || batch.DeleteHorizonMs <= nowMs);
        isMarkerOfEmptyTransaction = mayGo && batch.IsControl;
        return IsLastOfProducer(batch) || batch.NextOffset == upperBoundOffset ? BatchRetention.RetainEmpty
            : discardsRecords ? BatchRetention.Delete
            : BatchRetention.DeleteEmpty;
    }

    /// <inheritdoc />
    public bool ShouldRetain(RecordBatchHeader batch, scoped in RecordView record)
    {
        if (discardsRecords || batch.IsControl || record.Offset > map.LatestOffset)
        {
            return !discardsRecords;
        }

        if (!record.HasKey)
        {
            RecordsWithoutKey++;
            return false;
        }

        return record.Offset >= map.Get(record.Key)
            && (record.HasValue || (batch.IsLegacy ? KeepsLegacyTombstones : batch.DeleteHorizonMs is not { } horizon || nowMs < horizon));
    }

    private bool IsLastOfProducer(RecordBatchHeader batch) =>
        batch.HasProducerId && Producers.TryGetValue(batch.ProducerId, out var last)
        && (last.LastDataOffset >= 0 ? batch.LastOffset == last.LastDataOffset : batch.IsControl && batch.ProducerEpoch == last.Epoch);
}
