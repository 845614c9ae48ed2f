namespace Moldau.Client;

/// <summary>A turn of one partition; the bytes are guarded by the lock of its queue.</summary>
internal sealed class StickyPartition(int partition)
{
    public int Partition => partition;

    public long ProducedBytes { get; set; }
}
