using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Records;

/// <summary>The part of one validation that looks at each record. Lives on the stack of its caller.</summary>
internal ref struct BatchValidation(Memory<byte> bytes, TopicPartition partition, AppendSettings settings, long nowMs)
{
    private const int ErrorsShown = 3;
    private List<RecordError>? _errors;
    private bool _hasTimestampError;
    private long _maxTimestamp = RecordBatchLayout.NoTimestamp;
    private int _recordsCount;

    private readonly bool HasLogAppendTime => settings.TimestampType == TimestampType.LogAppendTime;

    /// <summary>Throws <see cref="RecordException"/> when the records break the format.</summary>
    public ValidatedBatch Run()
    {
        var batch = new RecordBatchHeader(bytes.Span);
        var target = settings.Compression ?? (batch.IsCompressed ? RecordCompression.Of(batch.CompressionType) : RecordCompression.None);

        // Control records are not compressed unless they come compressed.
        bool inPlace = target.Type == batch.CompressionType || (batch.IsControl && !batch.IsCompressed);
        if (inPlace && !batch.IsCompressed && target.Type == CompressionType.None)
        {
            return RunPlain(batch);
        }

        using var decompressor = RecordDecompressor.Rent();
        return inPlace ? RunInPlace(batch, decompressor) : RunRebuild(batch, decompressor, target);
    }

    private ValidatedBatch RunPlain(RecordBatchHeader batch)
    {
        if (IsPlainAndGood(batch))
        {
            return Accept();
        }

        var records = RecordReader.OpenPlain(batch);
        while (records.MoveNext())
        {
            Check(batch, in records.Current);
        }

        return Refusal() ?? Accept();
    }

    /// <summary>Whether no record is to be refused, seen at one go; false also where a closer look is needed.</summary>
    private bool IsPlainAndGood(RecordBatchHeader batch)
    {
        if (batch.TimestampType != TimestampType.CreateTime
            || !PlainRecordScan.TryRun(batch.Payload, batch.RecordsCount, batch.BaseTimestamp, out long minTimestamp, out long maxTimestamp, out bool haveKeys)
            || (settings.IsCompacted && !haveKeys))
        {
            return false;
        }

        // All lie in the range when the first and the last do. One without a timestamp is in none.
        if (!HasLogAppendTime && (minTimestamp < 0 || nowMs - minTimestamp > settings.TimestampBeforeMaxMs || maxTimestamp - nowMs > settings.TimestampAfterMaxMs))
        {
            return false;
        }

        _recordsCount = batch.RecordsCount;
        _maxTimestamp = Math.Max(RecordBatchLayout.NoTimestamp, maxTimestamp);
        return true;
    }

    private ValidatedBatch RunInPlace(RecordBatchHeader batch, RecordDecompressor decompressor)
    {
        var records = Open(batch, decompressor, RecordReadMode.Skipping);
        while (records.MoveNext())
        {
            ref readonly var record = ref records.Current;
            long expectedOffset = _recordsCount;
            if (Check(batch, in record) && record.Offset != expectedOffset && !batch.IsControl)
            {
                throw new InvalidRecordException(
                    $"the offsets of a compressed batch must count from 0: record {expectedOffset} has offset {record.Offset}");
            }
        }

        return Refusal() ?? Accept();
    }

    private ValidatedBatch RunRebuild(RecordBatchHeader batch, RecordDecompressor decompressor, RecordCompression target)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions
        {
            Compression = target,
            TimestampType = settings.TimestampType,
            LogAppendTimeMs = nowMs,
            ProducerId = batch.ProducerId,
            ProducerEpoch = batch.ProducerEpoch,
            BaseSequence = batch.BaseSequence,
            IsTransactional = batch.IsTransactional,
        });
        var records = Open(batch, decompressor, RecordReadMode.Strict);
        while (records.MoveNext())
        {
            int index = _recordsCount;
            if (!Check(batch, in records.Current) || _errors is not null)
            {
                continue;
            }

            if (records.Current.Timestamp < RecordBatchLayout.NoTimestamp)
            {
                throw new InvalidRecordException($"record {index} has the negative timestamp {records.Current.Timestamp}");
            }

            builder.Append(index, in records.Current);
        }

        if (Refusal() is { } refusal)
        {
            return refusal;
        }

        byte[] pooled = builder.BuildPooled(out int size);
        var rebuilt = ValidatedBatch.Accepted(
            pooled.AsMemory(0, size), pooled, _recordsCount, HasLogAppendTime ? nowMs : builder.MaxTimestamp, LogAppendTime());
        if (size > settings.MessageBytesMax)
        {
            rebuilt.Dispose();
            return ValidatedBatch.Refused(ErrorCode.MessageTooLarge, RecordValidator.TooLarge(size, partition, settings));
        }

        return rebuilt;
    }

    private readonly RecordReader Open(RecordBatchHeader batch, RecordDecompressor decompressor, RecordReadMode mode) =>
        RecordReader.Open(batch, decompressor, mode, settings.DecompressedMessageBytesMax, settings.DecompressedBatchBytesMax);

    /// <summary>Counts the record; false when it is refused.</summary>
    private bool Check(RecordBatchHeader batch, scoped in RecordView record)
    {
        int index = _recordsCount++;
        if (settings.IsCompacted && !record.HasKey)
        {
            Refuse(index, $"Compacted topic cannot accept message without key in topic partition {partition}");
            return false;
        }

        if (settings.TimestampType == TimestampType.CreateTime && record.Timestamp != RecordBatchLayout.NoTimestamp)
        {
            long age = nowMs - record.Timestamp;
            if (age > settings.TimestampBeforeMaxMs || -age > settings.TimestampAfterMaxMs)
            {
                RefuseTimestamp(index, in record);
                return false;
            }
        }
        else if (batch.TimestampType == TimestampType.LogAppendTime)
        {
            _hasTimestampError = true;
            Refuse(index, $"Invalid timestamp type in message at offset {record.Offset}. Producer should not set timestamp type to LogAppendTime.");
            return false;
        }

        _maxTimestamp = Math.Max(_maxTimestamp, record.Timestamp);
        return true;
    }

    private void RefuseTimestamp(int index, scoped in RecordView record)
    {
        _hasTimestampError = true;
        long earliest = unchecked(nowMs - settings.TimestampBeforeMaxMs);
        long latest = unchecked(nowMs + settings.TimestampAfterMaxMs);
        Refuse(index, $"Timestamp {record.Timestamp} of message with offset {record.Offset} is out of range. "
            + $"The timestamp should be within [{earliest}, {latest}]");
    }

    private void Refuse(int index, string message) => (_errors ??= []).Add(new RecordError(index, message));

    private readonly ValidatedBatch? Refusal()
    {
        if (_errors is null)
        {
            return null;
        }

        if (_hasTimestampError)
        {
            return ValidatedBatch.Refused(
                ErrorCode.InvalidTimestamp, "One or more records have been rejected due to invalid timestamp", _errors);
        }

        var shown = string.Join(", ", _errors.GetRange(0, Math.Min(ErrorsShown, _errors.Count)));
        return ValidatedBatch.Refused(
            ErrorCode.InvalidRecord,
            $"One or more records have been rejected due to {_errors.Count} record errors in total, and only showing the first three errors at most: [{shown}]",
            _errors);
    }

    private readonly ValidatedBatch Accept()
    {
        long maxTimestamp = HasLogAppendTime ? nowMs : _maxTimestamp;
        RecordBatchPatch.SetMaxTimestamp(bytes.Span, settings.TimestampType, maxTimestamp);
        return ValidatedBatch.Accepted(bytes, pooled: null, _recordsCount, maxTimestamp, LogAppendTime());
    }

    private readonly long LogAppendTime() => HasLogAppendTime ? nowMs : RecordBatchLayout.NoTimestamp;
}
