namespace Moldau.Raft;

/// <summary>
/// Hands out offsets in the leader's epoch and keeps the batches until the core takes them: so an append returns at once, whatever the log is doing. Any
/// thread.
/// </summary>
internal sealed class AppendAccumulator(int batchBytesMax)
{
    private readonly Lock _gate = new();
    private List<RaftInput.Append> _waiting = [];
    private int? _epoch;
    private long _nextOffset;

    /// <summary>Takes appends of the epoch from now on.</summary>
    public void Open(int epoch, long nextOffset)
    {
        lock (_gate)
        {
            _epoch = epoch;
            _nextOffset = nextOffset;
            _waiting = [];
        }
    }

    /// <summary>Takes no more; what waits is dropped.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _epoch = null;
            _waiting = [];
        }
    }

    /// <summary>Accepts a batch; returns its last offset. <paramref name="isFirst"/> says that nothing else waits.</summary>
    public long Add(int epoch, IReadOnlyList<ReadOnlyMemory<byte>> records, out bool isFirst)
    {
        ArgumentOutOfRangeException.ThrowIfZero(records.Count);
        long size = 61;
        foreach (ReadOnlyMemory<byte> record in records)
        {
            size += record.Length + 16;
        }
        if (size > batchBytesMax)
        {
            throw new RecordBatchTooLargeException($"{records.Count} records of {size} bytes do not fit into one batch of {batchBytesMax}");
        }
        lock (_gate)
        {
            if (_epoch != epoch)
            {
                throw new NotLeaderException($"append in epoch {epoch}: this node {(_epoch is { } now ? $"leads epoch {now}" : "does not lead")}");
            }
            isFirst = _waiting.Count == 0;
            _waiting.Add(new RaftInput.Append(epoch, _nextOffset, records));
            _nextOffset += records.Count;
            return _nextOffset - 1;
        }
    }

    /// <summary>All that waits, in order.</summary>
    public IReadOnlyList<RaftInput.Append> Take()
    {
        lock (_gate)
        {
            List<RaftInput.Append> taken = _waiting;
            _waiting = [];
            return taken;
        }
    }
}
