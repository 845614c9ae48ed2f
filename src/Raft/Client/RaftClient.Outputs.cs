using Moldau.Core;

namespace Moldau.Raft;

/// <content>Steps of the core and what they ask for; all of it on the serial queue.</content>
public sealed partial class RaftClient
{
    private RaftStartState LoadStartState()
    {
        _snapshots.RemoveLeftovers();
        IReadOnlyList<OffsetAndEpoch> ids = _snapshots.List();
        OffsetAndEpoch? latest = ids.Count > 0 ? ids[^1] : null;
        if (latest is { } id && id.Offset > _log.EndOffset)
        {
            // The snapshot came from a leader and the crash was before the log made room for it.
            _log.ResetTo(id.Offset);
        }
        RestoreLogStart(ids);
        List<EpochStart> epochs = [.. _log.Epochs];
        if (epochs.Count == 0 && latest is { Offset: > 0 } end && end.Offset == _log.StartOffset)
        {
            epochs.Add(new EpochStart(end.Epoch, end.Offset));
        }
        var view = new RaftLogView(_log.StartOffset, _log.EndOffset, epochs, latest);
        VoterSet? voters = null;
        short level = 0;
        foreach (RaftControlRecord record in latest is { } newest ? ControlRecordsOf(newest) : [])
        {
            voters = record is RaftControlRecord.VotersChange change ? change.Set : voters;
            level = record is RaftControlRecord.KRaftVersion version ? version.Level : level;
        }
        ElectionState election = QuorumStateFile.Read(_snapshots.Disk, _snapshots.Directory) ?? ElectionState.Initial;
        return new RaftStartState(election, view)
        {
            SnapshotVoters = voters,
            SnapshotKRaftVersion = level,
            ControlBatches = [.. ReadLog(Math.Max(_log.StartOffset, latest?.Offset ?? 0), _log.EndOffset, controlOnly: true).Where(batch => batch.IsControl)],
        };
    }

    /// <summary>
    /// The log start is on no disk but as the first segment's name, which may be lower than where it was: a log that has lost its beginning starts where a
    /// snapshot ends, and snapshots of what is gone are of no use.
    /// </summary>
    private void RestoreLogStart(IReadOnlyList<OffsetAndEpoch> ids)
    {
        if (_log.StartOffset == 0)
        {
            return;
        }
        foreach (OffsetAndEpoch id in ids)
        {
            if (id.Offset >= _log.StartOffset)
            {
                _log.AdvanceStart(id.Offset);
                return;
            }
            _snapshots.Delete(id);
        }
    }

    private IEnumerable<RaftControlRecord> ControlRecordsOf(OffsetAndEpoch snapshot) =>
        _snapshots.ReadBatches(snapshot).SelectMany(batch => batch.ControlRecords);

    private IEnumerable<RaftBatch> ReadLog(long from, long to, bool controlOnly = false)
    {
        while (from < to)
        {
            List<RaftBatch> batches = RaftBatchCodec.Decode(_log.Read(from, _options.CommitBytesMax), controlOnly);
            Invariant.That(batches.Count > 0, "the log holds what lies below its end");
            foreach (RaftBatch batch in batches)
            {
                if (batch.BaseOffset >= from && batch.LastOffset < to)
                {
                    yield return batch;
                }
            }
            from = batches[^1].LastOffset + 1;
        }
    }

    private void TakeAppends()
    {
        foreach (RaftInput.Append append in _accumulator.Take())
        {
            Step(append);
        }
    }

    private void Step(RaftInput input)
    {
        if (_isStopped)
        {
            AnswerStopped(input);
            return;
        }
        IReadOnlyList<RaftOutput> outputs;
        lock (_coreGate)
        {
            outputs = _core.Step(input, NowMs());
            _hasOtherVoters = _core.Voters.Count > 1;
        }
        foreach (RaftOutput output in outputs)
        {
            Carry(output);
        }
    }

    private void AnswerStopped(RaftInput input)
    {
        if (input is RaftInput.Request request && _requests.Remove(request.RequestId, out TaskCompletionSource<RaftResponse>? answer))
        {
            answer.SetException(new NotLeaderException("this replica has stopped"));
        }
    }

    private void Carry(RaftOutput output)
    {
        switch (output)
        {
            case RaftOutput.PersistElection persist:
                QuorumStateFile.Write(_snapshots.Disk, _snapshots.Directory, persist.State, _core.KRaftVersion, _core.Voters.Ids);
                break;
            case RaftOutput.Append append:
                _log.Append(append.Batch.Bytes.IsEmpty
                    ? RaftBatchCodec.Encode(append.Batch with { TimestampMs = _time.GetUtcNow().ToUnixTimeMilliseconds() })
                    : append.Batch.Bytes);
                break;
            case RaftOutput.Truncate truncate:
                _log.Truncate(truncate.Offset);
                break;
            case RaftOutput.Flush:
                _flushIsDue = true;
                break;
            case RaftOutput.Send send:
                Invariant.That(_transport is not null, "a quorum of several voters has a transport");
                _transport.Send(send.CorrelationId, send.To, send.Message);
                break;
            case RaftOutput.Reply reply when _requests.Remove(reply.RequestId, out TaskCompletionSource<RaftResponse>? answer):
                answer.SetResult(Fill(reply.Message));
                break;
            case RaftOutput.HighWatermarkAdvanced:
                UpdateListeners();
                break;
            case RaftOutput.LeaderChanged changed:
                HandleLeaderChanged(changed.Leader);
                break;
            case RaftOutput.StoreSnapshot store:
                _snapshots.StorePart(store.SnapshotId, store.Position, store.Bytes);
                break;
            case RaftOutput.InstallSnapshot install:
                InstallSnapshot(install.SnapshotId);
                break;
            case RaftOutput.Stopped:
                Stop();
                break;
        }
    }

    private void HandleLeaderChanged(LeaderAndEpoch leader)
    {
        if (leader.IsLeader(NodeId))
        {
            _accumulator.Open(leader.Epoch, _core.Log.EndOffset);
        }
        else
        {
            _accumulator.Close();
        }
        TellLeader();
    }

    private RaftResponse Fill(RaftResponse response)
    {
        switch (response)
        {
            case RaftResponse.Fetch { ReadFrom: { } from } fetch:
                return fetch with { Batches = RaftBatchCodec.Decode(_log.Read(from, fetch.BytesMax)) };
            case RaftResponse.FetchSnapshot { Error: RaftError.None } fetch:
                (long size, ReadOnlyMemory<byte> bytes) = _snapshots.ReadChunk(fetch.SnapshotId, fetch.Position, fetch.BytesMax);
                return fetch.Position > size
                    ? fetch with { Error = RaftError.PositionOutOfRange }
                    : fetch with { SizeBytes = size, Bytes = bytes };
            default:
                return response;
        }
    }

    private void InstallSnapshot(OffsetAndEpoch id)
    {
        _snapshots.CompletePart(id);
        VoterSet? voters = null;
        short level = 0;
        foreach (RaftControlRecord record in ControlRecordsOf(id))
        {
            voters = record is RaftControlRecord.VotersChange change ? change.Set : voters;
            level = record is RaftControlRecord.KRaftVersion version ? version.Level : level;
        }
        _log.ResetTo(id.Offset);
        _queue.Post(() => Step(new RaftInput.SnapshotInstalled(id, voters, level)));
    }

    /// <summary>After the queue has run empty: one sync for all that was written, then the timer for what comes next.</summary>
    private void Settle()
    {
        while (_flushIsDue && !_isStopped)
        {
            _flushIsDue = false;
            _log.Flush();
            Step(new RaftInput.LogFlushed(_log.EndOffset));
        }
        long due = _isStopped ? long.MaxValue : _core.NextDeadlineMs;
        _tick.Change(due == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(0, due - NowMs())), Timeout.InfiniteTimeSpan);
    }

    private void Stop()
    {
        if (_flushIsDue)
        {
            _log.Flush();
        }
        _isStopped = true;
        _accumulator.Close();
        foreach (ListenerContext context in _listeners)
        {
            context.Listener.HandleShutdown();
        }
        _log.Dispose();
        _stopped.TrySetResult();
    }
}
