namespace Moldau.Raft.Tests;

/// <summary>A log in memory that outlives the client that uses it; a crash loses what was not flushed.</summary>
public sealed class MemoryRaftLog : IRaftLog
{
    private List<RaftBatch> _batches = [];
    private List<RaftBatch> _synced = [];

    public long StartOffset { get; private set; }

    public long EndOffset => _batches.Count > 0 ? _batches[^1].LastOffset + 1 : StartOffset;

    public long SizeBytes => _batches.Sum(batch => batch.Bytes.Length);

    public int Flushes { get; private set; }

    public IReadOnlyList<EpochStart> Epochs
    {
        get
        {
            List<EpochStart> epochs = [];
            foreach (RaftBatch batch in _batches)
            {
                if (epochs.Count == 0 || epochs[^1].Epoch < batch.Epoch)
                {
                    epochs.Add(new EpochStart(batch.Epoch, batch.BaseOffset));
                }
            }
            return epochs;
        }
    }

    public void Append(ReadOnlyMemory<byte> batches) => _batches.AddRange(RaftBatchCodec.Decode(batches));

    public ReadOnlyMemory<byte> Read(long offset, int bytesMax)
    {
        List<byte> bytes = [];
        foreach (RaftBatch batch in _batches.Where(batch => batch.LastOffset >= offset))
        {
            if (bytes.Count > 0 && bytes.Count + batch.Bytes.Length > bytesMax)
            {
                break;
            }
            bytes.AddRange(batch.Bytes.Span);
        }
        return bytes.ToArray();
    }

    public void Flush()
    {
        Flushes++;
        _synced = [.. _batches];
    }

    public void Crash() => _batches = [.. _synced];

    public void Truncate(long offset) => _batches.RemoveAll(batch => batch.BaseOffset >= offset);

    public void ResetTo(long offset)
    {
        _batches.Clear();
        _synced.Clear();
        StartOffset = offset;
    }

    public void AdvanceStart(long offset)
    {
        StartOffset = offset;
        _batches.RemoveAll(batch => batch.LastOffset < offset);
        _synced.RemoveAll(batch => batch.LastOffset < offset);
    }

    public void Dispose()
    {
    }
}
