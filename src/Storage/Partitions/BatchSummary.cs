namespace Moldau.Storage;

/// <summary>What an append needs to know of its batches together.</summary>
internal struct BatchSummary
{
    public int Count { get; private set; }

    public long FirstOffset { get; private set; }

    public long LastOffset { get; private set; }

    public long MaxTimestamp { get; private set; }

    public int LastLeaderEpoch { get; private set; }

    public void Add(in BatchHeader batch)
    {
        FirstOffset = Count == 0 ? batch.BaseOffset : FirstOffset;
        MaxTimestamp = Count == 0 ? batch.MaxTimestamp : Math.Max(MaxTimestamp, batch.MaxTimestamp);
        LastOffset = batch.LastOffset;
        LastLeaderEpoch = batch.LeaderEpoch;
        Count++;
    }
}
