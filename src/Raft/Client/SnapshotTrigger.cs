namespace Moldau.Raft;

/// <summary>
/// Says when a listener's state is due for a snapshot: after so many bytes of records (<c>metadata.log.max.record.bytes.between.snapshots</c>), or so long after
/// the first record that the newest one lacks (<c>metadata.log.max.snapshot.interval.ms</c>, 0 for never). One owner at a time.
/// </summary>
public sealed class SnapshotTrigger(long bytesMax, long intervalMs)
{
    private long _bytes;
    private long? _sinceMs;

    /// <summary>Counts committed batches; true when a snapshot is due.</summary>
    public bool Committed(IReadOnlyList<CommittedBatch> batches, long nowMs)
    {
        foreach (CommittedBatch batch in batches)
        {
            _bytes += batch.SizeBytes;
        }
        if (batches.Count > 0)
        {
            _sinceMs ??= nowMs;
        }
        return IsDue(nowMs);
    }

    /// <summary>True when a snapshot is due now.</summary>
    public bool IsDue(long nowMs) => _bytes >= bytesMax || (intervalMs > 0 && _sinceMs is { } since && nowMs - since >= intervalMs);

    /// <summary>A snapshot was made or loaded: counting starts over.</summary>
    public void Reset()
    {
        _bytes = 0;
        _sinceMs = null;
    }
}
