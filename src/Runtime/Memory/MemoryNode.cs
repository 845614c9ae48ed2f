namespace Moldau.Runtime.Memory;

/// <summary>The content of one file of a <see cref="MemoryDisk"/>; guarded by the disk's lock. It outlives its name while handles are open.</summary>
internal sealed class MemoryNode
{
    public byte[] Content { get; set; } = [];

    public long Length { get; set; }

    /// <summary>The length as of the last sync: what lies behind it is lost with the power.</summary>
    public long SyncedLength { get; set; }

    /// <summary>Where the bytes begin, and end, that were written since the last sync.</summary>
    public long DirtyFrom { get; set; } = long.MaxValue;

    public long DirtyTo { get; set; }

    public DateTimeOffset Modified { get; set; }

    public bool Deleted { get; set; }

    public void OnWritten(long from, long to)
    {
        DirtyFrom = Math.Min(DirtyFrom, from);
        DirtyTo = Math.Max(DirtyTo, to);
    }

    public void OnTruncated(long length)
    {
        SyncedLength = Math.Min(SyncedLength, length);
        DirtyTo = Math.Min(DirtyTo, length);
    }

    public void OnSynced()
    {
        SyncedLength = Length;
        DirtyFrom = long.MaxValue;
        DirtyTo = 0;
    }

    public MemoryNode Clone() => new()
    {
        Content = Content.AsSpan(0, (int)Length).ToArray(),
        Length = Length,
        SyncedLength = SyncedLength,
        DirtyFrom = DirtyFrom,
        DirtyTo = DirtyTo,
        Modified = Modified,
    };

    /// <summary>The file as a machine finds it that lost its power: bytes that were not synced are gone, and where they stood over others are zeros.</summary>
    public MemoryNode CloneSynced()
    {
        var content = Content.AsSpan(0, (int)SyncedLength).ToArray();
        if (DirtyFrom < SyncedLength)
        {
            content.AsSpan((int)DirtyFrom, (int)(Math.Min(DirtyTo, SyncedLength) - DirtyFrom)).Clear();
        }

        return new MemoryNode { Content = content, Length = SyncedLength, SyncedLength = SyncedLength, Modified = Modified };
    }
}
