using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// What a read found: a range of a segment's file, fit to be sent straight from there. While <see cref="Length"/> is not 0 the file is held open; whoever
/// has the slice disposes it exactly once,
/// after the bytes have gone, also when the range was not needed. The range begins with the batch that holds the offset asked for and may end within a
/// batch, as Kafka's answers do.
/// </summary>
public readonly struct LogSlice : IDisposable
{
    private readonly LogFile? file;

    private LogSlice(LogFile? file, IDiskFile? handle)
    {
        this.file = file;
        File = handle;
    }

    /// <summary>None, or OffsetOutOfRange.</summary>
    public ErrorCode Error { get; private init; }

    /// <summary>The open file; null when there is nothing to send.</summary>
    public IDiskFile? File { get; }

    /// <summary>Where the range begins.</summary>
    public long Position { get; private init; }

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private init; }

    /// <summary>The offset that was asked for, and its place.</summary>
    public LogOffsetMetadata FetchOffset { get; private init; }

    /// <summary>The limit was too small for the first batch, which was cut.</summary>
    public bool FirstBatchIncomplete { get; private init; }

    /// <summary>The aborted transactions that overlap the range, for read_committed; null otherwise.</summary>
    public IReadOnlyList<AbortedTransaction>? AbortedTransactions { get; private init; }

    /// <summary>The log's offsets when the read began.</summary>
    public LogOffsets Offsets { get; private init; }

    /// <summary>Copies the range to <paramref name="destination"/> (for encrypted connections and for readers in the same process); the count of bytes
    /// copied.</summary>
    public int CopyTo(Span<byte> destination)
    {
        var total = 0;
        var length = Math.Min(Length, destination.Length);
        while (total < length)
        {
            var count = File!.Read(destination[total..length], Position + total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    /// <summary>Gives the range back and keeps what was learned of the log.</summary>
    public LogSlice WithoutRecords()
    {
        Dispose();
        return Empty(FetchOffset, Offsets, AbortedTransactions is null ? null : []);
    }

    public void Dispose() => file?.Release();

    /// <summary>What holds the file open, to hand on instead of the slice: it is disposed in its place, and costs no object.</summary>
    public IDisposable? Lease => file;

    internal static LogSlice Failed(ErrorCode error, LogOffsets offsets) => new(null, null) { Error = error, Offsets = offsets };

    internal static LogSlice Empty(LogOffsetMetadata fetchOffset, LogOffsets offsets, IReadOnlyList<AbortedTransaction>? aborted,
        bool firstBatchIncomplete = false) =>
        new(null, null) { FetchOffset = fetchOffset, Offsets = offsets, AbortedTransactions = aborted, FirstBatchIncomplete = firstBatchIncomplete };

    internal static LogSlice Of(LogFile file, int position, int length, LogOffsetMetadata fetchOffset, bool firstBatchIncomplete) =>
        new(file, file.Acquire()) { Position = position, Length = length, FetchOffset = fetchOffset, FirstBatchIncomplete = firstBatchIncomplete };

    internal LogSlice With(LogOffsets offsets, IReadOnlyList<AbortedTransaction>? aborted) => this with { Offsets = offsets, AbortedTransactions = aborted };
}
