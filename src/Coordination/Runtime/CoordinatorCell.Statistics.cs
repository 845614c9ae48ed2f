namespace Moldau.Coordination;

internal sealed partial class CoordinatorCell<TShard>
{
    private long _recordsWritten;
    private long _bytesWritten;
    private long _loadMs = -1;

    /// <summary>Any thread; each figure is its own latest.</summary>
    public CoordinatorShardStatistics Statistics()
    {
        int queued;
        lock (_gate)
        {
            queued = _queue.Count;
        }

        return new(Partition, _state, Epoch, Volatile.Read(ref _recordsWritten), Volatile.Read(ref _bytesWritten), Volatile.Read(ref _loadMs), queued);
    }

    /// <summary>The shard's thread alone writes.</summary>
    private void CountFlush(int records, int sizeBytes)
    {
        Volatile.Write(ref _recordsWritten, _recordsWritten + records);
        Volatile.Write(ref _bytesWritten, _bytesWritten + sizeBytes);
        Metrics.Flushed(records, sizeBytes);
    }
}
