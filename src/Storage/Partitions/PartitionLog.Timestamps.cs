using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Finds the first record with a timestamp at or after <paramref name="timestamp"/>, or what one of <see cref="ListOffsetsTimestamps"/> stands for;
    /// null when there is none.
    /// </summary>
    public OffsetForTimestamp? FetchOffsetForTimestamp(long timestamp)
    {
        EnsureLoaded();
        var list = segments;
        try
        {
            return timestamp switch
            {
                ListOffsetsTimestamps.Earliest or ListOffsetsTimestamps.EarliestLocal => new OffsetForTimestamp(-1, StartOffset, EarliestEpoch()),
                ListOffsetsTimestamps.Latest => new OffsetForTimestamp(-1, LogEndOffset, Epochs.LatestEpoch),
                ListOffsetsTimestamps.LatestTiered or ListOffsetsTimestamps.EarliestPendingUpload => new OffsetForTimestamp(-1, -1, -1),
                ListOffsetsTimestamps.MaxTimestamp => FindMaxTimestamp(),
                _ => FindTimestamp(timestamp),
            };
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NotFound && !ReferenceEquals(list, segments))
        {
            return FetchOffsetForTimestamp(timestamp);
        }
        catch (DiskException exception)
        {
            throw Failed(exception);
        }
    }

    /// <summary>Where the records of a leader epoch end, for OffsetsForLeaderEpoch and for truncation; null when this log cannot say.</summary>
    public (int Epoch, long EndOffset)? EndOffsetForEpoch(int leaderEpoch)
    {
        var (epoch, endOffset) = Epochs.EndOffsetFor(leaderEpoch, LogEndOffset);
        return endOffset == LeaderEpochCache.Undefined ? null : (epoch, endOffset);
    }

    private int? EarliestEpoch() => Epochs.EarliestEntry is { } first && first.StartOffset <= StartOffset ? first.Epoch : null;

    private OffsetForTimestamp? FindTimestamp(long timestamp)
    {
        foreach (var segment in segments)
        {
            // The record that makes the segment young enough may lie before the log start: then a later segment has the answer.
            if (segment.LargestTimestampMs >= timestamp && segment.FindTimestamp(timestamp, StartOffset) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private OffsetForTimestamp? FindMaxTimestamp()
    {
        Segment? latest = null;
        foreach (var segment in segments)
        {
            if (latest is null || segment.MaxTimestamp.Timestamp > latest.MaxTimestamp.Timestamp)
            {
                latest = segment;
            }
        }

        return latest is null || latest.MaxTimestamp.Timestamp < 0 ? null : latest.FindMaxTimestamp();
    }
}
