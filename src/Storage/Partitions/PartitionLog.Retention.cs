using Microsoft.Extensions.Logging;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>Deletes the segments that log start, size or time allow to go, oldest first and never above the high watermark; how many went. Called from
    /// a timer, may block.</summary>
    public int DeleteOldSegments()
    {
        if (failure is not null)
        {
            return 0;
        }

        lock (gate)
        {
            EnsureLoaded();
            var count = 0;
            Guarded(() => count = config.Delete ? DeleteBeforeStart() + DeleteBySize() + DeleteByTime() : DeleteBeforeStart());
            return count;
        }
    }

    private int DeleteBeforeStart() =>
        DeleteWhile((_, next) => next is not null && next.BaseOffset <= StartOffset, "lie before the log start offset");

    private int DeleteBySize()
    {
        var bound = config.EffectiveLocalRetentionBytes;
        if (bound < 0)
        {
            return 0;
        }

        var excess = segments.SizeInBytes - bound;
        return excess <= 0 ? 0 : DeleteWhile(
            (segment, _) =>
            {
                if (excess - segment.Size < 0)
                {
                    return false;
                }

                excess -= segment.Size;
                return true;
            },
            "exceed the retention size");
    }

    private int DeleteByTime()
    {
        var bound = config.EffectiveLocalRetentionMs;
        var now = environment.NowMs;
        return bound < 0 ? 0 : DeleteWhile((segment, _) => now - segment.LargestTimestampMs > bound, "are older than the retention time");
    }

    private int DeleteWhile(Func<Segment, Segment?, bool> isDeletable, string reason)
    {
        var list = segments;
        var deletable = new List<Segment>();
        for (var i = 0; i < list.Count; i++)
        {
            var next = i + 1 < list.Count ? list[i + 1] : null;
            var isLastAndEmpty = next is null && list[i].Size == 0;
            if (isLastAndEmpty || HighWatermark < (next?.BaseOffset ?? LogEndOffset) || !isDeletable(list[i], next))
            {
                break;
            }

            deletable.Add(list[i]);
        }

        if (deletable.Count == 0)
        {
            return 0;
        }

        if (deletable.Count == list.Count)
        {
            RollTo(LogEndOffset);
        }

        var newStart = segments[deletable.Count].BaseOffset;
        environment.Logger.LogInformation("{Partition}: {Count} segments {Reason} and go; the log now starts at {Start}", Partition, deletable.Count,
            reason, newStart);
        IncrementLogStartOffset(newStart);
        RemoveSegments(deletable);
        environment.Disk.SyncDirectory(Directory);
        return deletable.Count;
    }
}
