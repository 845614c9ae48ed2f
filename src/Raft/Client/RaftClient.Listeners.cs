using Moldau.Core;

namespace Moldau.Raft;

/// <content>Listeners, and the snapshots that they make.</content>
public sealed partial class RaftClient
{
    public ISnapshotWriter? CreateSnapshot(OffsetAndEpoch snapshotId, long lastContainedLogTimestampMs)
    {
        VoterSet? voters;
        short level;
        lock (_coreGate)
        {
            if (_core.Log.LatestSnapshotId is { } latest && snapshotId.Offset <= latest.Offset && latest != OffsetAndEpoch.Bootstrap)
            {
                return null;
            }
            if (snapshotId.Offset <= 0 || snapshotId.Offset > (_core.HighWatermark ?? -1))
            {
                throw new ArgumentException(
                    $"a snapshot up to {snapshotId.Offset} is not possible: committed is {_core.HighWatermark ?? -1}", nameof(snapshotId));
            }
            if (_core.Log.EpochBefore(snapshotId.Offset) is { } epoch && epoch != snapshotId.Epoch)
            {
                throw new ArgumentException($"the snapshot {snapshotId} has a wrong epoch: the record before its end is of {epoch}", nameof(snapshotId));
            }
            (voters, level) = _core.ControlStateAt(snapshotId.Offset);
        }
        if (!IsBatchBoundary(snapshotId.Offset))
        {
            throw new ArgumentException($"the snapshot {snapshotId} ends within a batch", nameof(snapshotId));
        }
        return new SnapshotWriter(
            _snapshots, _time, snapshotId, lastContainedLogTimestampMs, level, voters, _options.Quorum.BatchBytesMax, SnapshotFrozen);
    }

    private bool IsBatchBoundary(long offset)
    {
        ReadOnlyMemory<byte> bytes = _log.Read(offset - 1, 1);
        List<RaftBatch> batches = RaftBatchCodec.Decode(bytes);
        return batches.Count > 0 && batches[0].LastOffset == offset - 1;
    }

    private void SnapshotFrozen(OffsetAndEpoch id) => _queue.Post(() =>
    {
        Step(new RaftInput.SnapshotCreated(id));
        CleanUp();
    });

    /// <summary>Deletes snapshots that a newer one replaces, and the log before the next one, when log and snapshots are too large or the snapshot too
    /// old.</summary>
    private void CleanUp()
    {
        if (_isStopped)
        {
            return;
        }
        IReadOnlyList<OffsetAndEpoch> ids = _snapshots.List();
        long nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i + 1 < ids.Count; i++)
        {
            long size = _log.SizeBytes + ids.Skip(i).Sum(_snapshots.SizeOf);
            bool isTooLarge = _options.RetentionBytes >= 0 && size > _options.RetentionBytes;
            if (!isTooLarge && !IsTooOld(ids[i], nowMs))
            {
                return;
            }
            long start = ids[i + 1].Offset;
            if (start > _log.StartOffset)
            {
                _log.AdvanceStart(start);
                Step(new RaftInput.LogStartAdvanced(start));
            }
            _snapshots.Delete(ids[i]);
        }
    }

    private bool IsTooOld(OffsetAndEpoch id, long nowMs) =>
        _options.RetentionMs >= 0
        && RaftBatchCodec.SnapshotTimestamp(_snapshots.ReadBatches(id)[0]) is { } timestamp && nowMs - timestamp > _options.RetentionMs;

    private void UpdateListeners()
    {
        if (_core.HighWatermark is { } committed)
        {
            ListenerContext[] listeners = _listeners.ToArray();
            LoadSnapshots(listeners);
            CatchUp(listeners, committed);
        }
        TellLeader();
    }

    private void LoadSnapshots(ListenerContext[] listeners)
    {
        RaftSnapshot? read = null;
        foreach (ListenerContext context in listeners)
        {
            if ((context.NextOffset is null || context.NextOffset < _log.StartOffset) && _core.Log.LatestSnapshotId is { } id)
            {
                read = read?.SnapshotId == id ? read : _snapshots.Read(id);
                context.Listener.HandleLoadSnapshot(read);
                context.NextOffset = id.Offset;
            }
            context.NextOffset ??= 0;
        }
    }

    /// <summary>Listeners that have come equally far are handed the same batches: they are read once.</summary>
    private void CatchUp(ListenerContext[] listeners, long committed)
    {
        while (true)
        {
            long from = committed;
            long to = committed;
            foreach (ListenerContext context in listeners)
            {
                long next = context.NextOffset!.Value;
                to = next < from ? from : next > from ? Math.Min(to, next) : to;
                from = Math.Min(from, next);
            }
            if (from >= committed)
            {
                return;
            }
            List<CommittedBatch> batches = [];
            long bytes = 0;
            foreach (RaftBatch batch in ReadLog(from, to))
            {
                batches.Add(SnapshotFiles.ToCommitted(batch));
                bytes += batch.Bytes.Length;
                if (bytes >= _options.CommitBytesMax)
                {
                    break;
                }
            }
            Invariant.That(batches.Count > 0, "the log holds what is committed, and listeners stand between batches");
            foreach (ListenerContext context in listeners)
            {
                if (context.NextOffset == from)
                {
                    Hand(context, batches);
                }
            }
        }
    }

    private static void Hand(ListenerContext context, List<CommittedBatch> batches)
    {
        Invariant.That(batches[0].BaseOffset == context.NextOffset, "a listener gets every batch once, in order");
        context.NextOffset = batches[^1].LastOffset + 1;
        context.Listener.HandleCommit(batches);
    }

    /// <summary>A new leader is told as such once it has handled the first record of its epoch: then all before it is handled too.</summary>
    private void TellLeader()
    {
        LeaderAndEpoch leader = _core.Leader;
        foreach (ListenerContext context in _listeners.ToArray())
        {
            LeaderAndEpoch tell = leader.IsLeader(NodeId) && !(context.NextOffset > _core.EpochStartOffset) ? leader with { LeaderId = null } : leader;
            if (context.Told != tell && (context.Told is not null || tell.LeaderId is not null || tell.Epoch > 0))
            {
                context.Told = tell;
                context.Listener.HandleLeaderChange(tell);
            }
        }
    }
}
