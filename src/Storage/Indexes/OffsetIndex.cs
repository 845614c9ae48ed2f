using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Storage;

/// <summary><c>.index</c>: for some batches, the last offset relative to the segment's base offset and the position of the batch in the log file; 4 + 4
/// bytes an entry.</summary>
internal sealed class OffsetIndex(LogFile file, long baseOffset, int maxBytes) : SegmentIndex(file, baseOffset, EntrySize, maxBytes)
{
    public const int EntrySize = 8;

    private long lastOffset = -1;

    public bool IsFull => Count >= EntriesMax;

    /// <summary>The offset of the last entry; the base offset when there is none.</summary>
    public long LastOffset => Count == 0 ? BaseOffset : lastOffset;

    /// <summary>Whether the offset fits in an entry.</summary>
    public bool CanHold(long offset) => offset - BaseOffset is >= 0 and <= int.MaxValue;

    public void Append(long offset, int position)
    {
        Invariant.That(!IsFull, "an offset index is rolled before it is full");
        Invariant.That(CanHold(offset), "an offset fits its segment's index");
        if (IsLastFromFile && offset <= lastOffset)
        {
            Reset();
        }

        Invariant.That(Count == 0 || offset > lastOffset, "offset index entries rise");
        Span<byte> entry = stackalloc byte[EntrySize];
        BinaryPrimitives.WriteInt32BigEndian(entry, (int)(offset - BaseOffset));
        BinaryPrimitives.WriteInt32BigEndian(entry[4..], position);
        Add(entry);
        lastOffset = offset;
    }

    /// <summary>The entry with the largest offset not above <paramref name="target"/>; (base offset, 0) when there is none.</summary>
    public OffsetPosition Lookup(long target)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        return FloorByKey(target - BaseOffset, entry) < 0 ? new OffsetPosition(BaseOffset, 0) : Parse(entry);
    }

    /// <summary>The offset of the first entry at or behind <paramref name="position"/>: a bound that is surely outside of what lies before it. Null when
    /// there is none.</summary>
    public long? UpperBound(long position)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        return CeilingByValue(position, entry) < 0 ? null : Parse(entry).Offset;
    }

    public OffsetPosition Entry(int slot)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        Entry(slot, entry);
        return Parse(entry);
    }

    /// <summary>Drops the entries at or above <paramref name="offset"/>.</summary>
    public void TruncateTo(long offset)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        TruncateToEntries(FloorByKey(offset - 1 - BaseOffset, entry) + 1);
    }

    public override void Reset()
    {
        base.Reset();
        lastOffset = -1;
    }

    protected override long Key(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32BigEndian(entry);

    protected override long Value(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadInt32BigEndian(entry[4..]);

    protected override void Loaded(int entries) => lastOffset = entries == 0 ? -1 : Entry(entries - 1).Offset;

    private void TruncateToEntries(int entries)
    {
        Truncate(entries);
        Loaded(entries);
    }

    private OffsetPosition Parse(ReadOnlySpan<byte> entry) => new(BaseOffset + Key(entry), (int)Value(entry));
}
