using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Storage;

/// <summary>What became of an append.</summary>
public readonly record struct AppendResult
{
    /// <summary>None, or why nothing was appended.</summary>
    public ErrorCode Error { get; init; }

    /// <summary>For people, with an error.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>The records that were refused one by one (KIP-467); null for none.</summary>
    public IReadOnlyList<RecordError>? RecordErrors { get; init; }

    /// <summary>The first offset; of a batch that was sent again, the first offset it got the first time. -1 when nothing was appended.</summary>
    public long FirstOffset { get; init; }

    public long LastOffset { get; init; }

    /// <summary>The time the leader stamped on the batch, with LogAppendTime; else -1.</summary>
    public long LogAppendTimeMs { get; init; }

    /// <summary>The largest timestamp of the batches.</summary>
    public long MaxTimestamp { get; init; }

    public long LogStartOffset { get; init; }

    /// <summary>The leader epoch of the last batch.</summary>
    public int LastLeaderEpoch { get; init; }

    /// <summary>Bytes written.</summary>
    public int SizeInBytes { get; init; }

    /// <summary>The batch had been appended before; nothing was written.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>flush.messages is reached: it is to be acknowledged after a flush.</summary>
    public bool IsFlushDue { get; init; }

    /// <summary>It was refused because the disk is full.</summary>
    public bool IsNoSpace { get; init; }

    /// <summary>Whether it is in the log, now or from the first time.</summary>
    public bool IsAppended => Error == ErrorCode.None && LastOffset >= 0;

    internal static AppendResult Failed(ErrorCode error, string? message, long logStartOffset) =>
        new() { Error = error, ErrorMessage = message, FirstOffset = -1, LastOffset = -1, LogAppendTimeMs = -1, MaxTimestamp = -1,
            LogStartOffset = logStartOffset, LastLeaderEpoch = -1 };
}
