using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>Gives batches their offsets, the leader's epoch and, with LogAppendTime, the time; then writes them.</summary>
    private AppendResult AppendUnassigned(Memory<byte> records, int leaderEpoch, AppendOrigin origin, VerificationGuard guard, short transactionVersion)
    {
        var settings = config;
        var bytes = records.Span;
        var valid = 0;
        var batches = default(BatchSummary);
        var offset = LogEndOffset;
        var nowMs = environment.NowMs;
        while (BatchHeader.TryRead(bytes[valid..], out var batch) && batch.SizeInBytes <= bytes.Length - valid)
        {
            var whole = bytes.Slice(valid, batch.SizeInBytes);
            if (Check(batch, whole, batches.Count, origin, settings) is { } refused)
            {
                return refused;
            }

            RecordBatchPatch.SetBaseOffset(whole, offset);
            RecordBatchPatch.SetPartitionLeaderEpoch(whole, leaderEpoch);
            if (settings.LogAppendTime && !batch.IsControl)
            {
                RecordBatchPatch.SetMaxTimestamp(whole, TimestampType.LogAppendTime, nowMs);
            }

            BatchHeader.TryRead(whole, out batch);
            batches.Add(batch);
            offset = batch.NextOffset;
            valid += batch.SizeInBytes;
        }

        return valid == 0
            ? AppendResult.Failed(ErrorCode.None, null, StartOffset)
            : Write(bytes[..valid], batches, origin, guard, transactionVersion, settings.LogAppendTime ? nowMs : -1);
    }

    private AppendResult? Check(in BatchHeader batch, ReadOnlySpan<byte> bytes, int index, AppendOrigin origin, LogConfig settings)
    {
        if (batch.Magic < 2)
        {
            return Fail(ErrorCode.UnsupportedForMessageFormat, $"{Partition} takes record batches of magic 2, not {batch.Magic}");
        }

        if (origin == AppendOrigin.Client && batch.BaseOffset != 0)
        {
            return Fail(ErrorCode.InvalidRecord, $"The base offset of a batch for {Partition} must be 0, it is {batch.BaseOffset}");
        }

        if (origin == AppendOrigin.Client && (index > 0 || batch.IsControl))
        {
            return Fail(ErrorCode.InvalidRecord, index > 0 ? $"Only one batch may be appended to {Partition} at once" : $"Clients may not append control batches to {Partition}");
        }

        if (batch.SizeInBytes > settings.MaxMessageBytes)
        {
            return Fail(ErrorCode.MessageTooLarge, $"The batch of {batch.SizeInBytes} bytes for {Partition} exceeds max.message.bytes, {settings.MaxMessageBytes}");
        }

        return batch.IsIntact(bytes) ? null : Fail(ErrorCode.CorruptMessage, $"The batch for {Partition} is corrupt (stored checksum {batch.Crc})");
    }
}
