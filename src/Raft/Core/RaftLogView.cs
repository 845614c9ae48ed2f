using Moldau.Core;

namespace Moldau.Raft;

/// <summary>
/// What the core knows of its log: where it starts and ends, up to where it is synced, where each epoch began, and the newest snapshot. The shell builds
/// it at start;
/// after that the core alone changes it, in step with the outputs that change the log.
/// </summary>
public sealed class RaftLogView
{
    private readonly List<EpochStart> _epochs;

    /// <summary>Everything in the log at start counts as synced: recovery has read it back from the disk and synced it.</summary>
    public RaftLogView(long startOffset, long endOffset, IEnumerable<EpochStart> epochs, OffsetAndEpoch? latestSnapshotId)
    {
        StartOffset = startOffset;
        EndOffset = endOffset;
        FlushedOffset = endOffset;
        LatestSnapshotId = latestSnapshotId;
        _epochs = [.. epochs];
        Invariant.That(startOffset <= endOffset);
        Invariant.That(startOffset == 0 || latestSnapshotId is { } id && id.Offset >= startOffset, "R7: a log that starts above 0 has a snapshot there");
    }

    public long StartOffset { get; private set; }

    public long EndOffset { get; private set; }

    public long FlushedOffset { get; private set; }

    public OffsetAndEpoch? LatestSnapshotId { get; private set; }

    public IReadOnlyList<EpochStart> Epochs => _epochs;

    /// <summary>The epoch of the last record, or of the snapshot when the log is empty.</summary>
    public int LastEpoch => _epochs.Count > 0 ? _epochs[^1].Epoch : LatestSnapshotId?.Epoch ?? 0;

    public OffsetAndEpoch End => new(EndOffset, LastEpoch);

    public void Append(RaftBatch batch)
    {
        Invariant.That(batch.BaseOffset == EndOffset, "R3: a batch is appended at the end of the log");
        Invariant.That(batch.Epoch >= LastEpoch, "R3: epochs in the log never fall");
        if (_epochs.Count == 0 || _epochs[^1].Epoch < batch.Epoch)
        {
            _epochs.Add(new EpochStart(batch.Epoch, batch.BaseOffset));
        }
        EndOffset = batch.LastOffset + 1;
    }

    public void Truncate(long offset)
    {
        Invariant.That(offset >= StartOffset && offset <= EndOffset);
        EndOffset = offset;
        FlushedOffset = Math.Min(FlushedOffset, offset);
        _epochs.RemoveAll(start => start.Offset >= offset);
    }

    public void Flushed(long offset) => FlushedOffset = Math.Max(FlushedOffset, Math.Min(offset, EndOffset));

    public void SnapshotCreated(OffsetAndEpoch id)
    {
        if (LatestSnapshotId is not { } latest || id.Offset > latest.Offset)
        {
            LatestSnapshotId = id;
        }
    }

    public void AdvanceStart(long offset)
    {
        Invariant.That(offset <= EndOffset && LatestSnapshotId is { } id && id.Offset >= offset, "R7: the log start moves only to where a snapshot is");
        StartOffset = Math.Max(StartOffset, offset);
        int below = _epochs.FindLastIndex(start => start.Offset <= StartOffset);
        if (below > 0)
        {
            _epochs.RemoveRange(0, below);
        }
        if (_epochs.Count > 0 && _epochs[0].Offset < StartOffset)
        {
            _epochs[0] = _epochs[0] with { Offset = StartOffset };
        }
    }

    /// <summary>The log gives way to a snapshot beyond its end or of another history.</summary>
    public void ResetTo(OffsetAndEpoch snapshot)
    {
        LatestSnapshotId = snapshot;
        StartOffset = EndOffset = FlushedOffset = snapshot.Offset;
        _epochs.Clear();
        if (snapshot.Offset > 0)
        {
            _epochs.Add(new EpochStart(snapshot.Epoch, snapshot.Offset));
        }
    }

    /// <summary>The newest epoch at or below <paramref name="epoch"/>, and where it ends in this log.</summary>
    public OffsetAndEpoch EndOffsetFor(int epoch)
    {
        int found = _epochs.FindLastIndex(start => start.Epoch <= epoch);
        if (found < 0)
        {
            // Nothing that old is left: the snapshot's end is the oldest point this replica can vouch for.
            return LatestSnapshotId is { } id && StartOffset > 0 && id.Epoch <= epoch ? id with { Offset = StartOffset } : new OffsetAndEpoch(StartOffset, 0);
        }
        long end = found + 1 < _epochs.Count ? _epochs[found + 1].Offset : EndOffset;
        return new OffsetAndEpoch(end, _epochs[found].Epoch);
    }

    /// <summary>The epoch of the record before the offset; null when that record is not in the log and no snapshot ends there.</summary>
    public int? EpochBefore(long offset)
    {
        if (LatestSnapshotId is { } id && id.Offset == offset)
        {
            return id.Epoch;
        }
        if (offset <= StartOffset || offset > EndOffset)
        {
            return null;
        }
        int found = _epochs.FindLastIndex(start => start.Offset < offset);
        return found < 0 ? null : _epochs[found].Epoch;
    }

    /// <summary>What a leader makes of a follower that has everything up to an offset, whose last record is of the epoch (KIP-595, KIP-630).</summary>
    public LogPosition Check(long offset, int lastEpoch)
    {
        if (StartOffset == 0 && offset == 0)
        {
            return LogPosition.Valid;
        }
        if (LatestSnapshotId is { } id
            && (offset < StartOffset || (offset == StartOffset && offset == id.Offset && lastEpoch != id.Epoch) || lastEpoch < OldestEpoch))
        {
            return id.Offset == offset && id.Epoch == lastEpoch ? LogPosition.Valid : LogPosition.NeedsSnapshot;
        }
        OffsetAndEpoch end = EndOffsetFor(lastEpoch);
        return end.Epoch == lastEpoch && end.Offset >= offset ? LogPosition.Valid : LogPosition.Diverging;
    }

    private int OldestEpoch => StartOffset == 0 ? 0 : _epochs.Count > 0 ? _epochs[0].Epoch : LatestSnapshotId?.Epoch ?? 0;
}
