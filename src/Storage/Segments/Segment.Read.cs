using Moldau.Runtime;

namespace Moldau.Storage;

internal sealed partial class Segment
{
    /// <summary>
    /// Reads from the batch that holds <paramref name="startOffset"/>, or the first one behind it. Null when the segment has none.
    /// </summary>
    /// <param name="startOffset">Where to begin.</param>
    /// <param name="maxBytes">At most so many bytes.</param>
    /// <param name="maxPosition">Not beyond this position; null when nothing of this segment may be read.</param>
    /// <param name="minOneBatch">The first batch comes whole, even when it is larger.</param>
    public LogSlice? Read(long startOffset, int maxBytes, int? maxPosition, bool minOneBatch)
    {
        if (Translate(startOffset, 0) is not { } start)
        {
            return null;
        }

        var place = new LogOffsetMetadata(startOffset, BaseOffset, start.Position);
        var limit = minOneBatch ? Math.Max(maxBytes, start.Size) : maxBytes;
        var length = maxPosition is { } end ? Math.Min(Math.Min(end, Size) - start.Position, limit) : 0;
        return length <= 0
            ? LogSlice.Empty(place, default, aborted: null, firstBatchIncomplete: limit < start.Size)
            : LogSlice.Of(Log, start.Position, length, place, firstBatchIncomplete: limit < start.Size);
    }

    /// <summary>The first batch whose last offset is at least <paramref name="offset"/>; null when there is none.</summary>
    public BatchPosition? Translate(long offset, int from)
    {
        var known = OffsetIndex.Lookup(offset);
        Span<byte> window = stackalloc byte[WindowBytes];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, Math.Max(from, known.Position), Size, window);
        var isChecked = known.Position <= from;
        while (scanner.MoveNext())
        {
            if (!isChecked && !IsAt(scanner.Current, known))
            {
                break;
            }

            isChecked = true;
            if (scanner.Current.LastOffset >= offset)
            {
                return new BatchPosition(scanner.Current.BaseOffset, scanner.Position, scanner.Current.SizeInBytes);
            }
        }

        return isChecked ? null : TranslateWithoutIndex(lease, offset, from);
    }

    private BatchPosition? TranslateWithoutIndex(LogFileLease lease, long offset, int from)
    {
        Span<byte> window = stackalloc byte[WindowBytes];
        var scanner = new BatchScanner(lease, from, Size, window);
        while (scanner.MoveNext())
        {
            if (scanner.Current.LastOffset >= offset)
            {
                return new BatchPosition(scanner.Current.BaseOffset, scanner.Position, scanner.Current.SizeInBytes);
            }
        }

        return null;
    }

    /// <summary>
    /// Whether an index entry is borne out by what lies where it points to. It names the last offset of that batch or, where Apache Kafka appended several at once, of a later one.
    /// </summary>
    private bool IsAt(in BatchHeader batch, OffsetPosition entry) => batch.BaseOffset >= BaseOffset && batch.BaseOffset <= entry.Offset;

    /// <summary>Where a batch begins from which on <paramref name="offset"/> is found; the beginning of the segment when the index is wrong.</summary>
    private int PositionOf(LogFileLease lease, long offset)
    {
        var known = OffsetIndex.Lookup(offset);
        Span<byte> window = stackalloc byte[BatchHeader.Size];
        var scanner = new BatchScanner(lease, known.Position, Size, window);
        return known.Position == 0 || (scanner.MoveNext() && IsAt(scanner.Current, known)) ? known.Position : 0;
    }

    /// <summary>The offset behind the last batch; the base offset when there is none.</summary>
    public long ReadNextOffset()
    {
        Span<byte> window = stackalloc byte[WindowBytes];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, PositionOf(lease, OffsetIndex.LastOffset), Size, window);
        var nextOffset = BaseOffset;
        while (scanner.MoveNext())
        {
            nextOffset = scanner.Current.NextOffset;
        }

        return nextOffset;
    }

    /// <summary>An offset that lies behind everything in <paramref name="length"/> bytes from <paramref name="position"/>; null when the index does not
    /// reach so far.</summary>
    public long? UpperBoundOffset(long position, int length) => OffsetIndex.UpperBound(position + length);

    /// <summary>Calls the visitor with each batch header from the batch of <paramref name="startOffset"/> to <paramref name="endPosition"/>; the visitor
    /// may ask for the whole batch.</summary>
    public void Visit(long startOffset, int endPosition, BatchVisitor visitor)
    {
        if (Translate(startOffset, 0) is not { } start)
        {
            return;
        }

        Span<byte> window = stackalloc byte[WindowBytes];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, start.Position, Math.Min(endPosition, Size), window);
        while (scanner.MoveNext())
        {
            visitor(scanner.Current, scanner.Position);
        }
    }

    /// <summary>Reads a whole batch.</summary>
    public byte[] ReadBatch(int position, int length)
    {
        var batch = new byte[length];
        return Log.Read(batch, position) == length ? batch : throw new DiskException(DiskErrorKind.Corrupt, "read", Log.Path, $"the batch at {position} is cut");
    }

    private TimestampOffset ReadMaxTimestamp()
    {
        var largest = TimeIndex.LastEntry;
        Span<byte> window = stackalloc byte[WindowBytes];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, PositionOf(lease, largest.Offset), Size, window);
        while (scanner.MoveNext())
        {
            if (scanner.Current.MaxTimestamp > largest.Timestamp)
            {
                largest = new TimestampOffset(scanner.Current.MaxTimestamp, scanner.Current.LastOffset);
            }
        }

        return largest;
    }

    private long? ReadFirstBatchTimestamp()
    {
        Span<byte> window = stackalloc byte[BatchHeader.Size];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, 0, Size, window);
        return scanner.MoveNext() ? scanner.Current.MaxTimestamp : null;
    }
}
