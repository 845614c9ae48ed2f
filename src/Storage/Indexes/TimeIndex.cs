using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Storage;

/// <summary><c>.timeindex</c>: the largest timestamp so far and the relative offset of the batch that has it; 8 + 4 bytes an entry. Later records may have
/// smaller timestamps, earlier ones never larger.</summary>
internal sealed class TimeIndex(LogFile file, long baseOffset, int maxBytes) : SegmentIndex(file, baseOffset, EntrySize, maxBytes)
{
    public const int EntrySize = 12;

    private TimestampOffset last;

    /// <summary>One slot is kept for the entry that is made when the segment rolls.</summary>
    public bool IsFull => Count >= EntriesMax - 1;

    /// <summary>The last entry; (-1, base offset) when there is none.</summary>
    public TimestampOffset LastEntry => Count == 0 ? new TimestampOffset(-1, BaseOffset) : last;

    /// <summary>Adds an entry unless the timestamp is that of the last entry.</summary>
    public void MaybeAppend(long timestamp, long offset, bool evenIfFull = false)
    {
        if (IsLastFromFile && (offset < last.Offset || timestamp < last.Timestamp))
        {
            Reset();
        }

        var previous = LastEntry;
        Invariant.That(evenIfFull || !IsFull, "a time index is rolled before it is full");
        Invariant.That(Count == 0 || offset >= previous.Offset, "offsets in the time index rise");
        Invariant.That(Count == 0 || timestamp >= previous.Timestamp, "timestamps in the time index rise");
        if (timestamp <= previous.Timestamp)
        {
            return;
        }

        Span<byte> entry = stackalloc byte[EntrySize];
        BinaryPrimitives.WriteInt64BigEndian(entry, timestamp);
        BinaryPrimitives.WriteInt32BigEndian(entry[8..], checked((int)(offset - BaseOffset)));
        Add(entry);
        last = new TimestampOffset(timestamp, offset);
    }

    /// <summary>The entry with the largest timestamp not above <paramref name="timestamp"/>; (-1, base offset) when there is none.</summary>
    public TimestampOffset Lookup(long timestamp)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        return FloorByKey(timestamp, entry) < 0 ? new TimestampOffset(-1, BaseOffset) : Parse(entry);
    }

    public TimestampOffset Entry(int slot)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        Entry(slot, entry);
        return Parse(entry);
    }

    /// <summary>Drops the entries at or above <paramref name="offset"/>.</summary>
    public void TruncateTo(long offset)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        var firstDropped = CeilingByValue(offset - BaseOffset, entry);
        Truncate(firstDropped < 0 ? Count : firstDropped);
        Loaded(Count);
    }

    public override void Reset()
    {
        base.Reset();
        last = default;
    }

    protected override long Key(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt64BigEndian(entry);

    protected override long Value(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32BigEndian(entry[8..]);

    protected override void Loaded(int entries) => last = entries == 0 ? default : Entry(entries - 1);

    private TimestampOffset Parse(ReadOnlySpan<byte> entry) => new(Key(entry), BaseOffset + Value(entry));
}
