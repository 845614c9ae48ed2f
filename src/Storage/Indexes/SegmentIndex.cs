using System.Buffers;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// What the offset index and the time index share: a file of fixed entries in rising order of their keys. The newest entries are kept in memory until a
/// page of them is full, the index is flushed or its segment rolls:
/// after a crash the segment is scanned and its index rebuilt anyway, so that nothing is lost by writing late. One writer; readers may come from any thread.
/// </summary>
internal abstract class SegmentIndex
{
    private const int TailEntriesMax = 512;
    private const int PageBytes = 4096;

    /// <summary>What is read around the place of the last look-up: readers mostly go forward.</summary>
    private const int NearbyBytes = 512;

    private readonly Lock gate = new();
    private readonly int entrySize;
    private byte[] tail = [];
    private int tailStart;
    private int written;
    private int count = -1;
    private int loaded;
    private int lastFound;

    protected SegmentIndex(LogFile file, long baseOffset, int entrySize, int maxBytes)
    {
        File = file;
        BaseOffset = baseOffset;
        this.entrySize = entrySize;
        EntriesMax = maxBytes / entrySize;
    }

    public LogFile File { get; }

    public long BaseOffset { get; }

    /// <summary>How many entries fit in segment.index.bytes.</summary>
    public int EntriesMax { get; private set; }

    /// <summary>The number of entries; looks at the file the first time.</summary>
    public int Count
    {
        get
        {
            var known = Volatile.Read(ref count);
            return known >= 0 ? known : Load();
        }
    }

    /// <summary>Takes a changed segment.index.bytes.</summary>
    public void Resize(int maxBytes) => EntriesMax = maxBytes / entrySize;

    /// <summary>Writes what is only in memory to the file.</summary>
    public void Flush()
    {
        lock (gate)
        {
            WriteTail();
        }
    }

    /// <summary>Writes and syncs.</summary>
    public void Sync()
    {
        Flush();
        if (File.Exists())
        {
            File.Sync(dataOnly: false);
        }
    }

    /// <summary>Writes everything and gives the memory back; for segments that are no longer written.</summary>
    public void Seal()
    {
        lock (gate)
        {
            WriteTail();
            tail = [];
            tailStart = Math.Max(count, 0);
        }
    }

    /// <summary>Drops all entries.</summary>
    public virtual void Reset() => Truncate(0);

    /// <summary>The last entry was in the file when it was first looked at: it may be damaged, and then the index is dropped. One that was added here is right, or the program is not.</summary>
    protected bool IsLastFromFile => Count > 0 && Count == loaded;

    protected abstract long Key(ReadOnlySpan<byte> entry);

    /// <summary>The second number of an entry, in rising order too.</summary>
    protected abstract long Value(ReadOnlySpan<byte> entry);

    protected virtual void Loaded(int entries)
    {
    }

    protected void Add(ReadOnlySpan<byte> entry)
    {
        var entries = Count;
        lock (gate)
        {
            if (entries - tailStart == TailEntriesMax)
            {
                WriteTail();
                tailStart = entries;
            }

            var at = (entries - tailStart) * entrySize;
            if (at + entrySize > tail.Length)
            {
                Array.Resize(ref tail, Math.Clamp(tail.Length * 2, 16 * entrySize, TailEntriesMax * entrySize));
            }

            entry.CopyTo(tail.AsSpan(at));
            Volatile.Write(ref count, entries + 1);
        }
    }

    protected void Truncate(int entries)
    {
        var had = Count;
        lock (gate)
        {
            Invariant.That(entries <= had);
            if (entries < tailStart)
            {
                tailStart = entries;
            }

            written = Math.Min(written, entries);
            if (File.Exists() && File.Length != (long)written * entrySize)
            {
                File.SetLength((long)written * entrySize);
            }

            Volatile.Write(ref count, entries);
        }
    }

    /// <summary>Copies entry <paramref name="slot"/> to <paramref name="destination"/>.</summary>
    protected void Entry(int slot, Span<byte> destination)
    {
        Invariant.That(slot >= 0 && slot < Count);
        lock (gate)
        {
            if (slot >= tailStart)
            {
                tail.AsSpan((slot - tailStart) * entrySize, entrySize).CopyTo(destination);
                return;
            }
        }

        ReadExactly(destination[..entrySize], slot);
    }

    /// <summary>The last slot whose key is at most <paramref name="target"/>, or -1.</summary>
    protected int FloorByKey(long target, Span<byte> entry) => Floor(target, byKey: true, entry);

    /// <summary>The first slot whose value is at least <paramref name="target"/>, or -1.</summary>
    protected int CeilingByValue(long target, Span<byte> entry)
    {
        var slot = Floor(target - 1, byKey: false, entry) + 1;
        if (slot >= Count)
        {
            return -1;
        }

        Entry(slot, entry);
        return slot;
    }

    private int Floor(long target, bool byKey, Span<byte> entry)
    {
        var entries = Count;
        if (entries == 0)
        {
            return -1;
        }

        int fileEntries;
        lock (gate)
        {
            var inTail = count - tailStart;
            if (inTail > 0 && Number(tail, byKey) <= target)
            {
                var found = FloorIn(tail.AsSpan(0, inTail * entrySize), target, byKey);
                tail.AsSpan(found * entrySize, entrySize).CopyTo(entry);
                return tailStart + found;
            }

            fileEntries = tailStart;
        }

        return FloorInFile(fileEntries, target, byKey, entry);
    }

    private int FloorInFile(int entries, long target, bool byKey, Span<byte> entry)
    {
        Span<byte> page = stackalloc byte[PageBytes];
        if (FloorNearby(entries, target, byKey, page, entry) is { } nearby)
        {
            return nearby;
        }

        var pageEntries = PageBytes / entrySize;
        var low = 0;
        var high = entries;
        while (high - low > pageEntries)
        {
            var middle = low + ((high - low) / 2);
            ReadExactly(page[..entrySize], middle);
            if (Number(page, byKey) <= target)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        if (high == low)
        {
            return -1;
        }

        page = page[..((high - low) * entrySize)];
        ReadExactly(page, low);
        var found = FloorIn(page, target, byKey);
        if (found < 0)
        {
            return -1;
        }

        page.Slice(found * entrySize, entrySize).CopyTo(entry);
        Volatile.Write(ref lastFound, low + found);
        return low + found;
    }

    /// <summary>Looks from where the last look-up ended: one small read instead of the steps of a search. Null when the answer does not surely lie there.</summary>
    private int? FloorNearby(int entries, long target, bool byKey, Span<byte> page, Span<byte> entry)
    {
        var first = Volatile.Read(ref lastFound);
        var nearby = Math.Min(entries - first, NearbyBytes / entrySize);
        if (nearby <= 0)
        {
            return null;
        }

        page = page[..(nearby * entrySize)];
        ReadExactly(page, first);
        var found = FloorIn(page, target, byKey);
        if (found < 0 || (found == nearby - 1 && first + nearby < entries))
        {
            return null;
        }

        page.Slice(found * entrySize, entrySize).CopyTo(entry);
        Volatile.Write(ref lastFound, first + found);
        return first + found;
    }

    private int FloorIn(ReadOnlySpan<byte> entries, long target, bool byKey)
    {
        var low = 0;
        var high = entries.Length / entrySize;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Number(entries[(middle * entrySize)..], byKey) <= target)
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

    private long Number(ReadOnlySpan<byte> entry, bool byKey) => byKey ? Key(entry) : Value(entry);

    private void ReadExactly(Span<byte> destination, int slot)
    {
        var read = File.Read(destination, (long)slot * entrySize);
        if (read != destination.Length)
        {
            throw new DiskException(DiskErrorKind.Corrupt, "read", File.Path, $"index entry {slot} is missing");
        }
    }

    private void WriteTail()
    {
        var pending = count - written;
        if (count > 0 && pending > 0)
        {
            File.Write(tail.AsSpan((written - tailStart) * entrySize, pending * entrySize), (long)written * entrySize);
            written = count;
        }
    }

    private int Load()
    {
        lock (gate)
        {
            if (count >= 0)
            {
                return count;
            }

            var entries = File.Exists() ? (int)(File.Length / entrySize) : 0;
            entries = WithoutZeroTail(entries);
            if (entries > 0 && !IsInOrder(entries))
            {
                // Lookups go without it, which is slow but right; entries that come are written from the beginning.
                File.SetLength(0);
                entries = 0;
            }

            loaded = entries;
            written = entries;
            tailStart = entries;
            Volatile.Write(ref count, entries);
        }

        Loaded(count);
        return count;
    }

    /// <summary>Whether keys and values rise, as they must; a damaged entry mostly shows so.</summary>
    private bool IsInOrder(int entries)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(PageBytes / entrySize * entrySize);
        try
        {
            long key = 0;
            long value = 0;
            for (var slot = 0; slot < entries;)
            {
                var bytes = chunk.AsSpan(0, Math.Min(entries - slot, PageBytes / entrySize) * entrySize);
                ReadExactly(bytes, slot);
                for (var at = 0; at < bytes.Length; at += entrySize, slot++)
                {
                    var entry = bytes[at..];
                    if (Key(entry) < key || Value(entry) < value)
                    {
                        return false;
                    }

                    key = Key(entry);
                    value = Value(entry);
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Apache Kafka preallocates its index files with zeros; a process that was killed leaves them so. No entry but a first one can be all
    /// zeros.</summary>
    private int WithoutZeroTail(int entries)
    {
        Span<byte> entry = stackalloc byte[entrySize];
        var low = Math.Min(entries, 1);
        var high = entries;
        while (low < high)
        {
            var middle = (low + high) / 2;
            ReadExactly(entry, middle);
            if (entry.ContainsAnyExcept((byte)0))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 1 && entries > 1)
        {
            ReadExactly(entry, 0);
            return entry.ContainsAnyExcept((byte)0) ? 1 : 0;
        }

        return low;
    }
}
