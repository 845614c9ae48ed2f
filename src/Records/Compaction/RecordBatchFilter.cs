namespace Moldau.Records;

/// <summary>
/// Copies the part of some batches that compaction keeps. Batches that lose nothing are copied as they are, unless they get a delete horizon (KIP-534):
/// the time after which their tombstones and markers may go. Others are written anew with their first and last offset and their producer's fields, so that
/// offsets and producer state survive. Batches of magic 0 and 1 that lose records become magic 2. One thread at a time; dispose it.
/// </summary>
public sealed class RecordBatchFilter : IDisposable
{
    private readonly PooledBuffer _output = new();
    private readonly RecordBatchBuilder _builder = new();
    private readonly List<bool> _retained = [];

    /// <summary>What the last call kept; good until the next one.</summary>
    public ReadOnlySpan<byte> Output => _output.Written;

    /// <summary>
    /// Filters all whole batches of <paramref name="source"/> into <see cref="Output"/>. Throws <see cref="RecordException"/> when one cannot be read.
    /// </summary>
    /// <param name="source">Batches of a log segment.</param>
    /// <param name="retention">Decides what stays.</param>
    /// <param name="nowMs">Now, in ms since the epoch.</param>
    /// <param name="deleteRetentionMs"><c>delete.retention.ms</c>: how long tombstones and markers stay.</param>
    public BatchFilterResult Filter<TRetention>(ReadOnlySpan<byte> source, ref TRetention retention, long nowMs, long deleteRetentionMs)
        where TRetention : IRecordRetention, allows ref struct
    {
        _output.Reset();
        var result = new BatchFilterResult();
        using var decompressor = RecordDecompressor.Rent();
        foreach (var batch in new RecordBatchReader(source))
        {
            result.BytesRead += batch.SizeBytes;
            var batchRetention = retention.Check(batch, out bool isMarkerOfEmptyTransaction);
            if (batchRetention == BatchRetention.Delete)
            {
                continue;
            }

            var decision = Decide(batch, decompressor, ref retention);
            result.RecordsRead += _retained.Count;
            if (decision.Count > 0)
            {
                bool needsHorizon = !batch.IsLegacy && !batch.HasDeleteHorizon && (decision.HasTombstones || isMarkerOfEmptyTransaction);
                long? horizon = needsHorizon ? nowMs + deleteRetentionMs : batch.DeleteHorizonMs;
                Keep(batch, decompressor, decision, mustRewrite: needsHorizon || decision.Count < _retained.Count, horizon, ref result);
            }
            else if (batchRetention == BatchRetention.RetainEmpty)
            {
                RecordBatchBuilder.WriteEmpty(_output, batch);
                result.Count(0, RecordBatchLayout.HeaderBytes, batch.LastOffset, batch.MaxTimestamp, batch.LastOffset);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        _builder.Dispose();
    }

    private Decision Decide<TRetention>(RecordBatchHeader batch, RecordDecompressor decompressor, ref TRetention retention)
        where TRetention : IRecordRetention, allows ref struct
    {
        _retained.Clear();
        var decision = new Decision { MaxOffset = -1 };
        var records = RecordReader.Open(batch, decompressor);
        while (records.MoveNext())
        {
            ref readonly var record = ref records.Current;
            bool stays = retention.ShouldRetain(batch, in record);
            _retained.Add(stays);
            if (stays)
            {
                decision.Count++;
                decision.MaxOffset = Math.Max(decision.MaxOffset, record.Offset);
                decision.HasTombstones |= !record.HasValue;
            }
        }

        return decision;
    }

    private void Keep(
        RecordBatchHeader batch, RecordDecompressor decompressor, in Decision decision, bool mustRewrite, long? horizonMs, ref BatchFilterResult result)
    {
        if (!mustRewrite)
        {
            _output.Write(batch.Bytes);
            result.Count(decision.Count, batch.SizeBytes, batch.LastOffset, batch.MaxTimestamp, batch.LastOffset);
            return;
        }

        var rewritten = Rewrite(batch, decompressor, horizonMs);
        _output.Write(rewritten);
        result.Count(decision.Count, rewritten.Length, decision.MaxOffset, new RecordBatchHeader(rewritten).MaxTimestamp, batch.LastOffset);
    }

    private ReadOnlySpan<byte> Rewrite(RecordBatchHeader batch, RecordDecompressor decompressor, long? horizonMs)
    {
        bool begun = false;
        int index = 0;
        var records = RecordReader.Open(batch, decompressor);
        while (records.MoveNext())
        {
            if (!_retained[index++])
            {
                continue;
            }

            if (!begun)
            {
                Begin(batch, batch.IsLegacy ? records.Current.Offset : batch.BaseOffset, horizonMs);
                begun = true;
            }

            _builder.AppendUnchecked(records.Current.Offset, in records.Current);
        }

        return _builder.Build(batch.LastOffset);
    }

    private void Begin(RecordBatchHeader batch, long baseOffset, long? horizonMs) => _builder.Begin(new RecordBatchOptions
    {
        BaseOffset = baseOffset,
        Compression = RecordCompression.Of(batch.CompressionType),
        TimestampType = batch.TimestampType == TimestampType.LogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime,
        LogAppendTimeMs = batch.MaxTimestamp,
        PartitionLeaderEpoch = batch.PartitionLeaderEpoch,
        ProducerId = batch.ProducerId,
        ProducerEpoch = batch.ProducerEpoch,
        BaseSequence = batch.BaseSequence,
        IsTransactional = batch.IsTransactional,
        IsControl = batch.IsControl,
        DeleteHorizonMs = horizonMs,
    });

    /// <summary>What was decided about the records of one batch.</summary>
    private struct Decision
    {
        public int Count;
        public long MaxOffset;
        public bool HasTombstones;
    }
}
