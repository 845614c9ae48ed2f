using Moldau.Core;

namespace Moldau.Raft;

/// <content>What a follower or observer does: fetch, append, truncate where it has diverged, load a snapshot.</content>
public sealed partial class RaftCore
{
    private SnapshotFetch? _snapshotFetch;

    private void FetchFrom(int? to)
    {
        if (_snapshotFetch is { } snapshot)
        {
            if (!snapshot.IsInstalling)
            {
                Send(to, new RaftRequest.FetchSnapshot(_epoch, LocalKey, snapshot.Id, snapshot.Position, _options.FetchSnapshotBytesMax));
            }
            return;
        }
        if (_log.FlushedOffset < _log.EndOffset)
        {
            // A fetch tells the leader what is synced here, so it waits for the sync (R5).
            return;
        }
        Send(to, new RaftRequest.Fetch(
            _epoch, LocalKey, _log.EndOffset, _log.LastEpoch, _options.FetchWaitMsMax, _options.FetchBytesMax, _highWatermark ?? -1));
    }

    private void HandleFetchResponse(int from, RaftResponse.Fetch response)
    {
        if (_role != RaftRole.Follower || from != _elected)
        {
            // A replica in search of its leader asked someone who does not lead.
            _requests.Backoff(from, _nowMs);
            return;
        }
        if (response.Error != RaftError.None)
        {
            return;
        }
        _timerMs = _nowMs + _options.FetchTimeoutMs;
        _hasFetched = true;
        if (response.SnapshotId is { } id)
        {
            _snapshotFetch = new SnapshotFetch(id);
            return;
        }
        if (response.Diverging is { } diverging)
        {
            TruncateTo(diverging);
            return;
        }
        AppendFetched(response.Batches);
        AdvanceFollowerHighWatermark(response.HighWatermark);
    }

    private void TruncateTo(OffsetAndEpoch diverging)
    {
        OffsetAndEpoch local = _log.EndOffsetFor(diverging.Epoch);
        long offset = local.Epoch == diverging.Epoch ? Math.Min(local.Offset, diverging.Offset) : local.Offset;
        Invariant.That(offset >= (_highWatermark ?? 0), "R4: nothing committed is ever truncated");
        if (offset >= _log.EndOffset)
        {
            return;
        }
        _log.Truncate(offset);
        _history.TruncateTo(offset);
        _outputs.Add(new RaftOutput.Truncate(offset));
        _outputs.Add(new RaftOutput.Flush(offset));
    }

    private void AppendFetched(IReadOnlyList<RaftBatch> batches)
    {
        bool appended = false;
        foreach (RaftBatch batch in batches)
        {
            if (batch.BaseOffset != _log.EndOffset || batch.LastOffset < batch.BaseOffset || batch.Epoch < _log.LastEpoch || batch.Epoch > _epoch)
            {
                // Not what was asked for: take none of the rest, and ask again.
                break;
            }
            _log.Append(batch);
            _history.Add(batch);
            _outputs.Add(new RaftOutput.Append(batch));
            appended = true;
        }
        if (appended)
        {
            _outputs.Add(new RaftOutput.Flush(_log.EndOffset));
        }
    }

    private void AdvanceFollowerHighWatermark(long leaders)
    {
        long committed = Math.Min(leaders, _log.EndOffset);
        if (committed > (_highWatermark ?? -1))
        {
            _highWatermark = committed;
            _outputs.Add(new RaftOutput.HighWatermarkAdvanced(committed));
        }
    }

    private void HandleFetchSnapshotResponse(int from, RaftResponse.FetchSnapshot response)
    {
        if (_role != RaftRole.Follower || from != _elected || _snapshotFetch is not { IsInstalling: false } fetch || response.SnapshotId != fetch.Id)
        {
            return;
        }
        bool fits = response.Error == RaftError.None && response.Position == fetch.Position && response.Position + response.Bytes.Length <= response.SizeBytes
            && (response.Bytes.Length > 0 || response.Position == response.SizeBytes);
        if (!fits)
        {
            // The leader has another snapshot by now, or the answer is void: start over with a fetch.
            _snapshotFetch = null;
            _requests.Backoff(from, _nowMs);
            return;
        }
        _timerMs = _nowMs + _options.FetchTimeoutMs;
        _hasFetched = true;
        _outputs.Add(new RaftOutput.StoreSnapshot(fetch.Id, fetch.Position, response.Bytes));
        fetch.Position += response.Bytes.Length;
        if (fetch.Position == response.SizeBytes)
        {
            fetch.IsInstalling = true;
            _outputs.Add(new RaftOutput.InstallSnapshot(fetch.Id));
        }
    }

    private void HandleSnapshotInstalled(RaftInput.SnapshotInstalled installed)
    {
        Invariant.That(installed.SnapshotId.Offset >= (_highWatermark ?? 0), "R2: a snapshot never takes the high watermark back");
        _snapshotFetch = null;
        _log.ResetTo(installed.SnapshotId);
        _history.ResetTo(installed.SnapshotId, installed.Voters, installed.KRaftVersion);
        AdvanceFollowerHighWatermark(installed.SnapshotId.Offset);
    }
}
