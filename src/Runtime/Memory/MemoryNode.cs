namespace Moldau.Runtime.Memory;

/// <summary>The content of one file of a <see cref="MemoryDisk"/>; guarded by the disk's lock. It outlives its name while handles are open.</summary>
internal sealed class MemoryNode
{
    public byte[] Content { get; set; } = [];

    public long Length { get; set; }

    public DateTimeOffset Modified { get; set; }

    public bool Deleted { get; set; }
}
