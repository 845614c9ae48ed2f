using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Records;

/// <summary>
/// What validation made of a batch: either an error for its producer, or bytes to append. The bytes are the ones that were given, patched, or a
/// recompressed copy in an array of the shared pool: dispose it when the bytes are on the disk. One owner; no copies of it may be disposed twice.
/// </summary>
public struct ValidatedBatch : IDisposable
{
    private byte[]? _pooled;

    /// <summary>None, or the answer to the producer.</summary>
    public ErrorCode Error { get; private init; }

    /// <summary>What is wrong, for people; null when nothing is.</summary>
    public string? ErrorMessage { get; private init; }

    /// <summary>The records that were refused one by one; empty when the whole batch was, or nothing is wrong.</summary>
    public IReadOnlyList<RecordError> RecordErrors { get; private init; }

    /// <summary>The batch to append. <see cref="AssignOffsets"/> gives it its place.</summary>
    public Memory<byte> Bytes { get; private init; }

    /// <summary>Whether the bytes are not those that were given: the size may differ from the producer's.</summary>
    public readonly bool IsRebuilt => _pooled is not null;

    /// <summary>How many offsets the batch takes.</summary>
    public int RecordsCount { get; private init; }

    /// <summary>The largest timestamp, in ms since the epoch; the append time where the topic wants that; -1 for none.</summary>
    public long MaxTimestamp { get; private init; }

    /// <summary>The append time, in ms since the epoch, where the topic wants it; -1 otherwise. Produce answers it.</summary>
    public long LogAppendTimeMs { get; private init; }

    /// <summary>Whether the batch may be appended.</summary>
    [MemberNotNullWhen(false, nameof(ErrorMessage))]
    public readonly bool IsOk => Error == ErrorCode.None;

    /// <summary>
    /// Gives the batch its place in the log and returns the last offset. Base offset and leader epoch lie outside the checksum, so this is cheap and can
    /// be done under the partition's lock. Only for a batch that may be appended.
    /// </summary>
    public readonly long AssignOffsets(long nextOffset, int leaderEpoch)
    {
        Invariant.That(IsOk);
        long lastOffset = nextOffset + RecordsCount - 1;
        RecordBatchPatch.SetLastOffset(Bytes.Span, lastOffset);
        RecordBatchPatch.SetPartitionLeaderEpoch(Bytes.Span, leaderEpoch);
        return lastOffset;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_pooled is { } pooled)
        {
            _pooled = null;
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    internal static ValidatedBatch Refused(ErrorCode error, string message, IReadOnlyList<RecordError>? recordErrors = null) =>
        new() { Error = error, ErrorMessage = message, RecordErrors = recordErrors ?? [] };

    internal static ValidatedBatch Accepted(Memory<byte> bytes, byte[]? pooled, int recordsCount, long maxTimestamp, long logAppendTimeMs) => new()
    {
        _pooled = pooled,
        Bytes = bytes,
        RecordErrors = [],
        RecordsCount = recordsCount,
        MaxTimestamp = maxTimestamp,
        LogAppendTimeMs = logAppendTimeMs,
    };
}
