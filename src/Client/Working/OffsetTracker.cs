using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// What of one partition is done, when records are done in any order: only what lies before the first that is not done may be committed, or a crash would lose it. One thread at a time.
/// </summary>
internal sealed class OffsetTracker
{
    private const int RoomMin = 64;
    private long[] _offsets = new long[RoomMin];
    private bool[] _isDone = new bool[RoomMin];
    private int _first;

    /// <summary>How many records were begun and stand behind one that is not done, or are not done themselves.</summary>
    public int Count { get; private set; }

    /// <summary>The offset to commit: the one behind all that is done without a gap; -1 while that is nothing.</summary>
    public long Committable { get; private set; } = -1;

    /// <summary>A record was taken on. Offsets grow, with gaps where compaction or transactions left them.</summary>
    public void Begin(long offset)
    {
        Invariant.That(Count == 0 || offset > _offsets[At(Count - 1)]);
        if (Count == _offsets.Length)
        {
            Grow();
        }

        _offsets[At(Count)] = offset;
        _isDone[At(Count)] = false;
        Count++;
    }

    /// <summary>A record is done with. True when there is more to commit now.</summary>
    public bool Complete(long offset)
    {
        int index = Find(offset);
        Invariant.That(index >= 0 && !_isDone[At(index)]);
        _isDone[At(index)] = true;
        if (index > 0)
        {
            return false;
        }

        while (Count > 0 && _isDone[_first])
        {
            Committable = _offsets[_first] + 1;
            _first = At(1);
            Count--;
        }

        return true;
    }

    private int At(int index) => (_first + index) & (_offsets.Length - 1);

    private int Find(long offset)
    {
        int low = 0;
        int high = Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            long found = _offsets[At(middle)];
            if (found == offset)
            {
                return middle;
            }

            (low, high) = found < offset ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private void Grow()
    {
        long[] offsets = new long[_offsets.Length * 2];
        bool[] isDone = new bool[offsets.Length];
        for (int i = 0; i < Count; i++)
        {
            offsets[i] = _offsets[At(i)];
            isDone[i] = _isDone[At(i)];
        }

        (_offsets, _isDone, _first) = (offsets, isDone, 0);
    }
}
