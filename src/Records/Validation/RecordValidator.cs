using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Records;

/// <summary>
/// Checks the one batch that a producer, a coordinator or the Raft leader wants appended to a partition, as Kafka's leader does, and makes it ready:
/// maximum timestamp and timestamp type are patched into the given bytes, or the batch is rebuilt where the topic wants another compression.
/// Stateless; any thread. It needs no offset yet, so it runs before the partition's lock is taken. Allocates nothing for a good batch that is appended as
/// it came without compression.
/// </summary>
public static class RecordValidator
{
    /// <summary>The Produce version from which on zstd is allowed (KIP-110).</summary>
    private const short ZstdProduceVersion = 7;

    /// <summary>Of this LZ4 makes 4 MB at most, Snappy less.</summary>
    private const int QuickBytesMax = 16 * 1024;

    /// <summary>Of this gzip makes 2 MB at most. Zstandard makes any size out of nothing.</summary>
    private const int QuickGzipBytesMax = 2 * 1024;

    /// <summary>
    /// Checks what a Produce request of that version may carry for a partition: one batch of magic 2. What follows it and is no whole batch is ignored.
    /// </summary>
    /// <param name="records">The records of the request; null is none.</param>
    /// <param name="version">The version of the request.</param>
    /// <param name="sizeBytes">The size of the batch to append.</param>
    /// <param name="message">What is wrong; null when nothing is.</param>
    public static ErrorCode CheckProduceRequest(ReadOnlySpan<byte> records, short version, out int sizeBytes, out string? message)
    {
        sizeBytes = 0;
        try
        {
            var reader = new RecordBatchReader(records);
            if (!reader.MoveNext())
            {
                message = $"Produce requests with version {version} must have at least one record batch per partition";
                return ErrorCode.InvalidRecord;
            }

            var batch = reader.Current;
            sizeBytes = batch.Bytes.Length;
            if (batch.Magic != RecordBatchLayout.CurrentMagic)
            {
                message = $"Produce requests with version {version} are only allowed to contain record batches with magic version 2";
                return ErrorCode.InvalidRecord;
            }

            if (sizeBytes < RecordBatchLayout.HeaderBytes)
            {
                message = $"a record batch of {sizeBytes} bytes is shorter than its header";
                return ErrorCode.CorruptMessage;
            }

            if (version < ZstdProduceVersion && batch.CompressionType == CompressionType.Zstd)
            {
                message = $"Produce requests with version {version} are not allowed to use ZStandard compression";
                return ErrorCode.UnsupportedCompressionType;
            }

            if (reader.MoveNext())
            {
                message = $"Produce requests with version {version} are only allowed to contain exactly one record batch per partition";
                return ErrorCode.InvalidRecord;
            }
        }
        catch (CorruptRecordException error)
        {
            message = error.Message;
            return ErrorCode.CorruptMessage;
        }

        message = null;
        return ErrorCode.None;
    }

    /// <summary>
    /// Whether to check this batch may take long, so that it is not done where sockets are polled: it is compressed and may hold many records, or the topic wants another compression than it has.
    /// Small batches are judged by what their codec can make of them at most, which are a few megabytes.
    /// </summary>
    /// <param name="batch">The batch; its checksum need not be right.</param>
    /// <param name="compression">What the topic wants; null for what producers send.</param>
    public static bool TakesLong(RecordBatchHeader batch, RecordCompression? compression) =>
        (compression is { } wanted && wanted.Type != batch.CompressionType) || batch.Bytes.Length > batch.CompressionType switch
        {
            CompressionType.None => int.MaxValue,
            CompressionType.Snappy or CompressionType.Lz4 => QuickBytesMax,
            CompressionType.Gzip => QuickGzipBytesMax,
            _ => 0,
        };

    /// <summary>
    /// Checks one batch and makes it ready. The bytes are the batch exactly and are changed in place when it is good. Checksum errors answer
    /// CORRUPT_MESSAGE, which producers send again; records that break the format under a right checksum, broken compressed streams included, answer
    /// INVALID_RECORD, as sending them again cannot help.
    /// </summary>
    /// <param name="bytes">The batch.</param>
    /// <param name="partition">Where it goes, for messages.</param>
    /// <param name="settings">The topic's demands.</param>
    /// <param name="origin">Who appends.</param>
    /// <param name="leaderEpoch">The leader epoch, which the Raft leader must have set in the batch.</param>
    /// <param name="nowMs">Now, in ms since the epoch.</param>
    public static ValidatedBatch Validate(
        Memory<byte> bytes, TopicPartition partition, AppendSettings settings, AppendOrigin origin, int leaderEpoch, long nowMs)
    {
        if (CheckBytes(bytes.Span, partition, settings, origin, leaderEpoch) is { } bytesError)
        {
            return bytesError;
        }

        var header = new RecordBatchHeader(bytes.Span);
        if (CheckHeader(header, partition, origin) is { } headerError)
        {
            return headerError;
        }

        var validation = new BatchValidation(bytes, partition, settings, nowMs);
        try
        {
            return validation.Run();
        }
        catch (RecordException error)
        {
            return ValidatedBatch.Refused(ErrorCode.InvalidRecord, $"{error.Message}, in topic partition {partition}");
        }
    }

    private static ValidatedBatch? CheckBytes(
        ReadOnlySpan<byte> bytes, TopicPartition partition, AppendSettings settings, AppendOrigin origin, int leaderEpoch)
    {
        if (bytes.Length < RecordBatchLayout.HeaderBytes || new RecordBatchHeader(bytes).SizeBytes != bytes.Length)
        {
            return ValidatedBatch.Refused(ErrorCode.CorruptMessage, $"{bytes.Length} bytes are no record batch, in topic partition {partition}");
        }

        var batch = new RecordBatchHeader(bytes);
        if (batch.Magic != RecordBatchLayout.CurrentMagic)
        {
            return ValidatedBatch.Refused(
                ErrorCode.InvalidRecord, $"Only record batches of magic 2 can be appended, this one has {batch.Magic}, in topic partition {partition}");
        }

        if (origin == AppendOrigin.RaftLeader && batch.PartitionLeaderEpoch != leaderEpoch)
        {
            return ValidatedBatch.Refused(
                ErrorCode.InvalidRecord, $"The Raft leader of epoch {leaderEpoch} appends a batch of epoch {batch.PartitionLeaderEpoch}");
        }

        if (origin == AppendOrigin.Client && batch.BaseOffset != 0)
        {
            return ValidatedBatch.Refused(
                ErrorCode.InvalidRecord, $"The baseOffset of the record batch in the append to {partition} should be 0, but it is {batch.BaseOffset}");
        }

        // The Raft leader's batches and coordinators' have limits of their own; Kafka checks this one for clients and coordinators.
        if (origin != AppendOrigin.RaftLeader && bytes.Length > settings.MessageBytesMax)
        {
            return ValidatedBatch.Refused(ErrorCode.MessageTooLarge, TooLarge(bytes.Length, partition, settings));
        }

        return batch.IsValid
            ? null
            : ValidatedBatch.Refused(ErrorCode.CorruptMessage, $"Record is corrupt (stored crc = {batch.Crc}) in topic partition {partition}.");
    }

    private static ValidatedBatch? CheckHeader(RecordBatchHeader batch, TopicPartition partition, AppendOrigin origin)
    {
        string? wrong = null;
        if (batch.CompressionType > CompressionType.Zstd)
        {
            wrong = $"Unknown compression type {(byte)batch.CompressionType}";
        }
        else if (origin == AppendOrigin.Client)
        {
            wrong = WrongForClient(batch);
        }

        return wrong is null ? null : ValidatedBatch.Refused(ErrorCode.InvalidRecord, $"{wrong} in topic partition {partition}");
    }

    private static string? WrongForClient(RecordBatchHeader batch)
    {
        long countByOffsets = batch.LastOffset - batch.BaseOffset + 1;
        return countByOffsets <= 0 ? $"Batch has an invalid offset range: [{batch.BaseOffset}, {batch.LastOffset}]"
            : batch.RecordsCount <= 0 ? $"Invalid reported count for record batch: {batch.RecordsCount}"
            : countByOffsets != batch.RecordsCount
                ? $"Inconsistent batch offset range [{batch.BaseOffset}, {batch.LastOffset}] and count of records {batch.RecordsCount}"
            : batch.IsControl ? "Clients are not allowed to write control records"
            : batch.HasProducerId && batch.BaseSequence < 0
                ? $"Invalid sequence number {batch.BaseSequence} in record batch with producerId {batch.ProducerId}"
            : null;
    }

    internal static string TooLarge(int sizeBytes, TopicPartition partition, AppendSettings settings) =>
        $"The record batch size in the append to {partition} is {sizeBytes} bytes which exceeds the maximum configured value of {settings.MessageBytesMax}.";
}
