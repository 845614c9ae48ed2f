using System.Collections;

namespace Moldau.Storage;

/// <summary>The segments of a log in order of their base offsets; immutable, so that readers need no lock.</summary>
internal sealed class SegmentList : IEnumerable<Segment>
{
    public static readonly SegmentList Empty = new([]);

    private readonly Segment[] items;

    private SegmentList(Segment[] items) => this.items = items;

    public int Count => items.Length;

    /// <summary>The segment that is written.</summary>
    public Segment Last => items[^1];

    public long SizeInBytes
    {
        get
        {
            long sum = 0;
            foreach (var segment in items)
            {
                sum += segment.Size;
            }

            return sum;
        }
    }

    public Segment this[int index] => items[index];

    public static SegmentList Of(IEnumerable<Segment> segments) => new([.. segments.OrderBy(segment => segment.BaseOffset)]);

    /// <summary>The index of the last segment that begins at or before <paramref name="offset"/>; -1 when none does.</summary>
    public int FloorIndex(long offset)
    {
        var low = 0;
        var high = items.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (items[middle].BaseOffset <= offset)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }

    public bool Contains(long baseOffset)
    {
        var index = FloorIndex(baseOffset);
        return index >= 0 && items[index].BaseOffset == baseOffset;
    }

    public SegmentList With(Segment segment) => Of(items.Where(item => item.BaseOffset != segment.BaseOffset).Append(segment));

    public SegmentList Without(IReadOnlyCollection<Segment> removed) => new([.. items.Where(item => !removed.Contains(item))]);

    public IEnumerator<Segment> GetEnumerator() => ((IEnumerable<Segment>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();
}
