using System.Text.Json;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>Batches before and after the compaction of a log segment.</summary>
public sealed class CompactedSuite() : JsonLineSuite("compacted")
{
    private const int DeletedProducerId = 51;

    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var after = line.GetProperty("bytes").GetBytesFromBase64();
        var difference = BatchComparer.Compare(after, line.GetProperty("batches"), out var failure, out _) ?? failure?.Message;
        if (difference is null && line.TryGetProperty("before", out var before))
        {
            difference = CompareFilter(line, before.GetBytesFromBase64(), after);
        }

        return difference is null ? null : $"{line.Text("name")}: {difference}";
    }

    private static string? CompareFilter(JsonElement line, byte[] before, byte[] after)
    {
        string empty = line.Text("emptyBatches");
        var retention = new Retention
        {
            KeptOffsets = line.GetProperty("keptOffsets").EnumerateArray().Select(offset => offset.GetInt64()).ToHashSet(),
            RetainsEmpty = empty.StartsWith("RETAIN_EMPTY", StringComparison.Ordinal),
            DeletesProducer = empty.Contains($"DELETE the batch of producer {DeletedProducerId}", StringComparison.Ordinal),
            MarkersAreOfEmptyTransactions = line.GetProperty("controlBatchesAreOfEmptyTransactions").GetBoolean(),
        };
        using var filter = new RecordBatchFilter();
        var result = filter.Filter(before, ref retention, line.GetProperty("currentTimeMs").GetInt64(), line.GetProperty("deleteRetentionMs").GetInt64());
        bool isCompressed = false;
        foreach (var batch in new RecordBatchReader(before))
        {
            isCompressed |= batch.IsCompressed;
        }

        var difference = Same("messagesRead", line.Int("messagesRead"), result.RecordsRead)
            ?? Same("messagesRetained", line.Int("messagesRetained"), result.RecordsRetained)
            ?? Same("bytesRead", line.Int("bytesRead"), result.BytesRead)
            ?? Same("maxOffset", line.GetProperty("maxOffset").GetInt64(), result.MaxOffset)
            ?? Same("bytesRetained", filter.Output.Length, result.BytesRetained)
            ?? BatchComparer.Compare(filter.Output.ToArray(), line.GetProperty("batches"), out var failure, out _, isCompressed)
            ?? failure?.Message;
        return difference is null && !isCompressed && !filter.Output.SequenceEqual(after) ? "the bytes after compaction differ" : difference;
    }

    private struct Retention : IRecordRetention
    {
        public HashSet<long> KeptOffsets;
        public bool RetainsEmpty;
        public bool DeletesProducer;
        public bool MarkersAreOfEmptyTransactions;

        public readonly BatchRetention Check(RecordBatchHeader batch, out bool isMarkerOfEmptyTransaction)
        {
            isMarkerOfEmptyTransaction = batch.IsControl && MarkersAreOfEmptyTransactions;
            return DeletesProducer && batch.ProducerId == DeletedProducerId ? BatchRetention.Delete
                : RetainsEmpty ? BatchRetention.RetainEmpty : BatchRetention.DeleteEmpty;
        }

        public readonly bool ShouldRetain(RecordBatchHeader batch, scoped in RecordView record) => KeptOffsets.Contains(record.Offset);
    }
}
