namespace Moldau.Storage;

internal sealed partial class Segment
{
    /// <summary>The first record at or behind <paramref name="startOffset"/> whose timestamp is at least <paramref name="timestamp"/>.</summary>
    public OffsetForTimestamp? FindTimestamp(long timestamp, long startOffset)
    {
        var known = TimeIndex.Lookup(timestamp);
        var from = OffsetIndex.Lookup(Math.Max(known.Offset, startOffset)).Position;
        return Find(from, timestamp, startOffset);
    }

    /// <summary>The first record that has the segment's largest timestamp.</summary>
    public OffsetForTimestamp? FindMaxTimestamp()
    {
        var max = MaxTimestamp;
        return Find(OffsetIndex.Lookup(max.Offset).Position, max.Timestamp, BaseOffset);
    }

    private OffsetForTimestamp? Find(int position, long timestamp, long startOffset)
    {
        Span<byte> window = stackalloc byte[WindowBytes];
        using var lease = Log.Lease();
        var scanner = new BatchScanner(lease, position, Size, window);
        while (scanner.MoveNext())
        {
            if (scanner.Current.MaxTimestamp < timestamp || scanner.Current.LastOffset < startOffset)
            {
                continue;
            }

            if (RecordTimes.First(ReadBatch(scanner.Position, scanner.Current.SizeInBytes), timestamp, startOffset) is { } found)
            {
                return new OffsetForTimestamp(found.Timestamp, found.Offset, scanner.Current.LeaderEpoch >= 0 ? scanner.Current.LeaderEpoch : null);
            }
        }

        return null;
    }
}
