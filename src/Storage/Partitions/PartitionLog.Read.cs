using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    /// <summary>
    /// Reads from <paramref name="startOffset"/> on without copying: see <see cref="LogSlice"/>. An offset outside of the log gives OffsetOutOfRange; one
    /// between the bound of the isolation and the log end
    /// gives nothing.
    /// </summary>
    public LogSlice Read(long startOffset, int maxBytes, FetchIsolation isolation, bool minOneBatch)
    {
        EnsureLoaded();
        var list = segments;
        try
        {
            return ReadWithin(startOffset, maxBytes, isolation, minOneBatch);
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NotFound && startOffset < StartOffset)
        {
            return LogSlice.Failed(ErrorCode.OffsetOutOfRange, Offsets());
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NotFound && !ReferenceEquals(list, segments))
        {
            // The segment was replaced or deleted in between.
            return Read(startOffset, maxBytes, isolation, minOneBatch);
        }
        catch (DiskException exception)
        {
            throw Failed(exception);
        }
    }

    /// <summary>The aborted transactions that overlap the offsets from <paramref name="startOffset"/> up to, not including,
    /// <paramref name="upperBound"/>.</summary>
    public IReadOnlyList<AbortedTransaction> CollectAbortedTransactions(long startOffset, long upperBound)
    {
        EnsureLoaded();
        var list = segments;
        return CollectAborted(list, Math.Max(0, list.FloorIndex(startOffset)), startOffset, upperBound);
    }

    private static List<AbortedTransaction> CollectAborted(SegmentList list, int first, long startOffset, long upperBound)
    {
        var aborted = new List<AbortedTransaction>();
        for (var i = first; i < list.Count && !list[i].TransactionIndex.Collect(startOffset, upperBound, aborted); i++)
        {
        }

        return aborted;
    }

    private LogSlice ReadWithin(long startOffset, int maxBytes, FetchIsolation isolation, bool minOneBatch)
    {
        var offsets = Offsets();
        var list = segments;
        var index = list.FloorIndex(startOffset);
        if (startOffset < offsets.LogStartOffset || startOffset > offsets.LogEndOffset.Offset || index < 0)
        {
            return LogSlice.Failed(ErrorCode.OffsetOutOfRange, offsets);
        }

        var bound = isolation switch
        {
            FetchIsolation.LogEnd => offsets.LogEndOffset,
            FetchIsolation.HighWatermark => offsets.HighWatermark,
            _ => offsets.LastStableOffset,
        };
        IReadOnlyList<AbortedTransaction>? none = isolation == FetchIsolation.TransactionCommitted ? [] : null;
        if (startOffset >= bound.Offset)
        {
            return LogSlice.Empty(startOffset == bound.Offset ? bound : PlaceOf(startOffset), offsets, none);
        }

        for (; index < list.Count; index++)
        {
            var segment = list[index];
            int? maxPosition = bound.IsOffsetOnly || segment.BaseOffset > bound.SegmentBaseOffset ? null
                : segment.BaseOffset < bound.SegmentBaseOffset ? segment.Size
                : bound.Position;
            if (segment.Read(startOffset, maxBytes, maxPosition, minOneBatch) is not { } slice)
            {
                continue;
            }

            if (none is null || slice.Length == 0)
            {
                return slice.With(offsets, none);
            }

            var upperBound = segment.UpperBoundOffset(slice.Position, slice.Length)
                ?? (index + 1 < list.Count ? list[index + 1].BaseOffset : offsets.LogEndOffset.Offset);
            return slice.With(offsets, CollectAborted(list, index, startOffset, upperBound));
        }

        return LogSlice.Empty(offsets.LogEndOffset, offsets, none);
    }
}
