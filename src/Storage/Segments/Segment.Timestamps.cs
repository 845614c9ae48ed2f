using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage;

internal sealed partial class Segment
{
    /// <summary>The first record at or behind <paramref name="startOffset"/> whose timestamp is at least <paramref name="timestamp"/>.</summary>
    public OffsetForTimestamp? FindTimestamp(long timestamp, long startOffset)
    {
        var known = TimeIndex.Lookup(timestamp);
        return Find(Math.Max(known.Offset, startOffset), timestamp, startOffset);
    }

    /// <summary>The first record that has the segment's largest timestamp.</summary>
    public OffsetForTimestamp? FindMaxTimestamp()
    {
        var max = MaxTimestamp;
        return Find(max.Offset, max.Timestamp, BaseOffset);
    }

    private OffsetForTimestamp? Find(long from, long timestamp, long startOffset)
    {
        Span<byte> window = stackalloc byte[WindowBytes];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, PositionOf(lease, from), Size, window);
        while (scanner.MoveNext())
        {
            if (scanner.Current.MaxTimestamp < timestamp || scanner.Current.LastOffset < startOffset)
            {
                continue;
            }

            if (FirstRecord(scanner.Current, scanner.Position, timestamp, startOffset) is { } found)
            {
                return new OffsetForTimestamp(found.Timestamp, found.Offset, scanner.Current.LeaderEpoch >= 0 ? scanner.Current.LeaderEpoch : null);
            }
        }

        return null;
    }

    private TimestampOffset? FirstRecord(in BatchHeader batch, int position, long timestamp, long startOffset)
    {
        try
        {
            return RecordTimes.First(ReadBatch(position, batch.SizeInBytes), timestamp, startOffset);
        }
        catch (RecordException exception)
        {
            throw new DiskException(DiskErrorKind.Corrupt, "read", Log.Path, $"the batch at {position}: {exception.Message}");
        }
    }
}
