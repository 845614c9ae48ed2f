using Moldau.Core;

namespace Moldau.Raft;

/// <content>What a leader does: append, count who has what, serve fetches, see that a majority still follows.</content>
public sealed partial class RaftCore
{
    private readonly Dictionary<ReplicaKey, ReplicaProgress> _progress = [];
    private readonly List<ParkedFetch> _parked = [];
    private readonly HashSet<int> _fetchedVoters = [];
    private IReadOnlyList<ReplicaKey> _successors = [];
    private long _epochStartOffset;
    private long _beginQuorumEpochMs;

    /// <summary>The first offset of the epoch this replica leads or led.</summary>
    public long EpochStartOffset => _epochStartOffset;

    private int CheckQuorumMs => _options.FetchTimeoutMs + (_options.FetchTimeoutMs / 2);

    private void StartLeading()
    {
        _progress.Clear();
        _fetchedVoters.Clear();
        _epochStartOffset = _log.EndOffset;
        _beginQuorumEpochMs = _nowMs;
        _timerMs = _nowMs + CheckQuorumMs;
        List<RaftControlRecord> records = [new RaftControlRecord.LeaderChange(_options.NodeId, [.. Voters.Ids], [.. Voters.Ids.Where(_granted.Contains)])];
        if (KRaftVersion >= 1 && Voters.Find(_options.NodeId) is { } known)
        {
            // The voter set goes into the log when no log has it yet, or when this voter's own entry is out of date (KIP-853).
            VoterNode local = known with { Endpoints = _options.LocalEndpoints.Count > 0 ? _options.LocalEndpoints : known.Endpoints };
            if (_history.VotersOffset is VoterHistory.NoOffset || !known.Equals(local))
            {
                records.Add(new RaftControlRecord.KRaftVersion(KRaftVersion));
                records.Add(new RaftControlRecord.VotersChange(Voters.With(local)));
            }
        }
        AppendLocal(new RaftBatch(_log.EndOffset, _log.EndOffset + records.Count - 1, _epoch, _nowMs) { ControlRecords = records });
    }

    private void HandleAppend(RaftInput.Append append)
    {
        if (_role != RaftRole.Leader || append.Epoch != _epoch || append.BaseOffset != _log.EndOffset)
        {
            _outputs.Add(new RaftOutput.AppendRefused(append.Epoch, append.BaseOffset));
            return;
        }
        AppendLocal(new RaftBatch(append.BaseOffset, append.BaseOffset + append.Records.Count - 1, _epoch, _nowMs) { Records = append.Records });
    }

    private void AppendLocal(RaftBatch batch)
    {
        Invariant.That(batch.Epoch == _epoch && _role == RaftRole.Leader, "R3: a leader appends in its own epoch only");
        _log.Append(batch);
        _history.Add(batch);
        _outputs.Add(new RaftOutput.Append(batch));
        _outputs.Add(new RaftOutput.Flush(_log.EndOffset));
        CompleteParkedFetches();
    }

    private void HandleChangeVoters(VoterSet voters)
    {
        string? reason =
            _role != RaftRole.Leader ? "this replica does not lead"
            : KRaftVersion < 1 ? "kraft.version 1 is needed to change voters"
            : _highWatermark is not { } committed || committed <= _epochStartOffset ? "nothing of this epoch is committed yet"
            : _history.VotersOffset >= committed ? "R6: another change of voters is not committed yet"
            : !Voters.HasOverlappingMajority(voters) ? "R6: only one voter may be added or removed at a time"
            : null;
        if (reason is not null)
        {
            _outputs.Add(new RaftOutput.VoterChangeRefused(reason));
            return;
        }
        AppendLocal(new RaftBatch(_log.EndOffset, _log.EndOffset, _epoch, _nowMs) { ControlRecords = [new RaftControlRecord.VotersChange(voters)] });
    }

    private void AdvanceHighWatermark()
    {
        if (_role != RaftRole.Leader || Voters.Count == 0)
        {
            return;
        }
        List<long> ends = [];
        foreach (VoterNode voter in Voters.Voters)
        {
            ends.Add(voter.Key.Id == _options.NodeId && IsVoter ? _log.FlushedOffset : ProgressOf(voter)?.EndOffset ?? 0);
        }
        ends.Sort();
        // The largest offset that a majority has synced.
        long committed = ends[(ends.Count - 1) / 2];
        if (committed <= _epochStartOffset || committed <= (_highWatermark ?? -1))
        {
            // Records of earlier epochs count only through one of this epoch (R5).
            return;
        }
        Invariant.That(_log.EpochBefore(committed) == _epoch, "R5: a leader commits through a record of its own epoch");
        _highWatermark = committed;
        _outputs.Add(new RaftOutput.HighWatermarkAdvanced(committed));
        CompleteParkedFetches();
        if (IsObserver && _history.VotersOffset < committed)
        {
            // The change that removed this voter is committed: the remaining ones go on alone (KIP-853).
            BecomeResigned();
        }
    }

    private ReplicaProgress? ProgressOf(VoterNode voter)
    {
        ReplicaProgress? newest = null;
        foreach (ReplicaProgress progress in _progress.Values)
        {
            bool isIt = progress.Key.Id == voter.Key.Id && (voter.Key.DirectoryId.IsZero || voter.Key.DirectoryId == progress.Key.DirectoryId);
            newest = isIt && (newest is null || progress.LastFetchMs >= newest.LastFetchMs) ? progress : newest;
        }
        return newest;
    }

    private List<ReplicaKey> SuccessorsByProgress() =>
    [
        .. Voters.Voters.Where(voter => voter.Key.Id != _options.NodeId)
            .OrderByDescending(voter => ProgressOf(voter)?.EndOffset ?? -1)
            .ThenBy(voter => voter.Key.Id)
            .Select(voter => voter.Key),
    ];

    private void HandleFetch(long requestId, RaftRequest.Fetch fetch)
    {
        RaftError error = CheckFollower(fetch.Epoch, fetch.Replica);
        if (error == RaftError.None && (fetch.FetchOffset < 0 || fetch.LastFetchedEpoch < 0 || fetch.LastFetchedEpoch > fetch.Epoch))
        {
            error = RaftError.InvalidRequest;
        }
        if (error != RaftError.None)
        {
            Reply(requestId, FetchReply(error));
            return;
        }
        CountFollower(fetch.Replica);
        LogPosition position = _log.Check(fetch.FetchOffset, fetch.LastFetchedEpoch);
        if (position == LogPosition.NeedsSnapshot)
        {
            Reply(requestId, FetchReply(RaftError.None) with { SnapshotId = _log.LatestSnapshotId });
            return;
        }
        if (position == LogPosition.Diverging)
        {
            Reply(requestId, FetchReply(RaftError.None) with { Diverging = _log.EndOffsetFor(fetch.LastFetchedEpoch) });
            return;
        }
        Progress(fetch.Replica).Fetched(fetch.FetchOffset, _log.EndOffset, _nowMs);
        AdvanceHighWatermark();
        if (_role != RaftRole.Leader)
        {
            Reply(requestId, FetchReply(RaftError.NotLeaderOrFollower));
            return;
        }
        if (!TryServe(requestId, fetch))
        {
            _parked.Add(new ParkedFetch(requestId, fetch, _nowMs + Math.Max(0, fetch.WaitMsMax)));
        }
    }

    private bool TryServe(long requestId, RaftRequest.Fetch fetch)
    {
        bool hasRecords = fetch.FetchOffset < _log.EndOffset;
        if (!hasRecords && fetch.WaitMsMax > 0 && fetch.HighWatermark >= (_highWatermark ?? -1))
        {
            return false;
        }
        Reply(requestId, hasRecords
            ? FetchReply(RaftError.None) with { ReadFrom = fetch.FetchOffset, BytesMax = fetch.BytesMax }
            : FetchReply(RaftError.None));
        return true;
    }

    private RaftError CheckFollower(int epoch, ReplicaKey replica) =>
        epoch < _epoch ? RaftError.FencedLeaderEpoch
        : epoch > _epoch ? RaftError.UnknownLeaderEpoch
        : _role != RaftRole.Leader ? RaftError.NotLeaderOrFollower
        : replica.Id == _options.NodeId ? RaftError.InvalidRequest
        : RaftError.None;

    private RaftResponse.Fetch FetchReply(RaftError error) => new(error, _epoch, Leader.LeaderId, _highWatermark ?? -1, _log.StartOffset);

    private void CountFollower(ReplicaKey replica)
    {
        if (!Voters.IsVoter(replica))
        {
            return;
        }
        _fetchedVoters.Add(replica.Id);
        int needed = (Voters.Count / 2) + (IsVoter ? 0 : 1);
        if (_fetchedVoters.Count >= needed)
        {
            _fetchedVoters.Clear();
            _timerMs = _nowMs + CheckQuorumMs;
        }
    }

    private ReplicaProgress Progress(ReplicaKey replica)
    {
        if (!_progress.TryGetValue(replica, out ReplicaProgress? progress))
        {
            _progress.Add(replica, progress = new ReplicaProgress(replica));
        }
        return progress;
    }

    private RaftResponse.FetchSnapshot HandleFetchSnapshot(RaftRequest.FetchSnapshot fetch)
    {
        RaftError error = CheckFollower(fetch.Epoch, fetch.Replica);
        if (error == RaftError.None)
        {
            CountFollower(fetch.Replica);
            Progress(fetch.Replica).Seen(_nowMs);
            error = fetch.SnapshotId != _log.LatestSnapshotId || fetch.SnapshotId == OffsetAndEpoch.Bootstrap ? RaftError.SnapshotNotFound
                : fetch.Position < 0 ? RaftError.PositionOutOfRange
                : RaftError.None;
        }
        return new RaftResponse.FetchSnapshot(error, _epoch, Leader.LeaderId, fetch.SnapshotId, fetch.Position) { BytesMax = fetch.BytesMax };
    }

    private void CompleteParkedFetches()
    {
        for (int i = _parked.Count - 1; i >= 0; i--)
        {
            ParkedFetch parked = _parked[i];
            if (TryServe(parked.RequestId, _nowMs >= parked.DeadlineMs ? parked.Request with { WaitMsMax = 0 } : parked.Request))
            {
                _parked.RemoveAt(i);
            }
        }
    }

    private void FailParkedFetches()
    {
        foreach (ParkedFetch parked in _parked)
        {
            Reply(parked.RequestId, new RaftResponse.Fetch(RaftError.NotLeaderOrFollower, _epoch, null, _highWatermark ?? -1, _log.StartOffset));
        }
        _parked.Clear();
    }

    private void PollLeader()
    {
        if (!Voters.IsOnlyVoter(LocalKey) && _nowMs >= _timerMs)
        {
            // A majority may follow another leader by now; what is appended here could wait for ever.
            BecomeResigned();
            return;
        }
        CompleteParkedFetches();
        if (_nowMs < _beginQuorumEpochMs)
        {
            return;
        }
        _beginQuorumEpochMs = _nowMs + (_options.FetchTimeoutMs / 2);
        foreach (VoterNode voter in Voters.Voters)
        {
            bool follows = ProgressOf(voter) is { } progress && progress.LastFetchMs >= _nowMs - (_options.FetchTimeoutMs / 2);
            if (voter.Key.Id != _options.NodeId && !follows)
            {
                ReplicaKey? meant = voter.Key.DirectoryId.IsZero ? null : voter.Key;
                Send(voter.Key.Id, new RaftRequest.BeginQuorumEpoch(_epoch, _options.NodeId, meant, _options.LocalEndpoints));
            }
        }
    }

    private long LeaderDeadline()
    {
        if (Voters.IsOnlyVoter(LocalKey) && _parked.Count == 0)
        {
            return long.MaxValue;
        }
        long next = Math.Min(_timerMs, _beginQuorumEpochMs);
        foreach (ParkedFetch parked in _parked)
        {
            next = Math.Min(next, parked.DeadlineMs);
        }
        return next;
    }
}
