using Moldau.Core;

namespace Moldau.Raft;

/// <content>Votes, and who is told about a leader.</content>
public sealed partial class RaftCore
{
    /// <summary>
    /// The log as a candidate may speak of it: only what is synced. Else it could win a vote with records that a crash takes away, and be given the same
    /// vote again without them.
    /// </summary>
    private OffsetAndEpoch SyncedEnd => _log.FlushedOffset == _log.EndOffset
        ? _log.End
        : new OffsetAndEpoch(_log.FlushedOffset, _log.EpochBefore(_log.FlushedOffset) ?? 0);

    private void AskForVotes()
    {
        bool isPreVote = _role == RaftRole.Prospective;
        foreach (VoterNode voter in Voters.Voters)
        {
            int id = voter.Key.Id;
            if (id != _options.NodeId && !_granted.Contains(id) && !_rejected.Contains(id))
            {
                Send(id, new RaftRequest.Vote(_epoch, LocalKey, voter.Key.DirectoryId.IsZero ? null : voter.Key, SyncedEnd, isPreVote));
            }
        }
    }

    private RaftResponse.Vote HandleVote(RaftRequest.Vote vote)
    {
        if (vote.Epoch < _epoch)
        {
            return VoteReply(RaftError.FencedLeaderEpoch, granted: false);
        }
        bool logIsImpossible = vote.PreVote ? vote.LogEnd.Epoch > vote.Epoch : vote.LogEnd.Epoch >= vote.Epoch;
        if (logIsImpossible || vote.LogEnd.Offset < 0 || vote.LogEnd.Epoch < 0)
        {
            return VoteReply(RaftError.InvalidRequest, granted: false);
        }
        if (vote.Epoch > _epoch)
        {
            BecomeUnattached(vote.Epoch);
        }
        if (vote.Voter is { } meant && !IsLocal(meant))
        {
            return VoteReply(RaftError.InvalidVoterKey, granted: false);
        }
        ReplicaKey? votedBefore = _voted;
        int epochBefore = _epoch;
        bool granted = CanGrant(vote);
        if (granted && !vote.PreVote && _voted is null)
        {
            Invariant.That(_elected is null, "R1: no vote in an epoch that has a leader");
            _voted = vote.Candidate;
            Persist();
        }
        Invariant.That(!vote.PreVote || (_epoch == epochBefore && _voted == votedBefore), "R8: a pre-vote changes neither epoch nor vote");
        Invariant.That(votedBefore is null || _voted == votedBefore, "R2: one vote in an epoch");
        return VoteReply(RaftError.None, granted);
    }

    private bool CanGrant(RaftRequest.Vote vote)
    {
        bool isUpToDate = vote.LogEnd >= _log.End;
        if (vote.PreVote)
        {
            return _role switch
            {
                RaftRole.Leader => false,
                RaftRole.Follower => isUpToDate && !_hasFetched,
                _ => isUpToDate,
            };
        }
        if (_elected is not null || _role is not (RaftRole.Unattached or RaftRole.Prospective or RaftRole.Follower))
        {
            return false;
        }
        return _voted is { } voted
            ? voted.Id == vote.Candidate.Id && (voted.DirectoryId.IsZero || voted.DirectoryId == vote.Candidate.DirectoryId)
            : isUpToDate;
    }

    private RaftResponse.Vote VoteReply(RaftError error, bool granted) => new(error, _epoch, Leader.LeaderId, granted);

    private bool IsLocal(ReplicaKey key) => key.Id == _options.NodeId && (key.DirectoryId.IsZero || key.DirectoryId == _options.DirectoryId);

    private void HandleVoteResponse(int from, RaftResponse.Vote response)
    {
        // Each role forgets what the role before it had asked, so this answers the present question.
        if (_role is not (RaftRole.Prospective or RaftRole.Candidate) || response.Error is not (RaftError.None or RaftError.InvalidVoterKey))
        {
            return;
        }
        if (response.Granted)
        {
            _granted.Add(from);
        }
        else
        {
            _rejected.Add(from);
        }
        if (HasMajority(_granted))
        {
            if (_role == RaftRole.Prospective)
            {
                BecomeCandidate();
            }
            else
            {
                BecomeLeader();
            }
        }
        else if (_rejected.Count(Voters.ContainsId) >= Voters.Count - (Voters.Count / 2))
        {
            if (_role == RaftRole.Prospective)
            {
                LosePreVote();
            }
            else
            {
                BecomeProspective();
            }
        }
    }

    private RaftResponse.BeginQuorumEpoch HandleBeginQuorumEpoch(RaftRequest.BeginQuorumEpoch begin)
    {
        RaftError error = CheckLeaderClaim(begin.Epoch, begin.LeaderId);
        if (error == RaftError.None && begin.Voter is { } meant && !IsLocal(meant))
        {
            error = RaftError.InvalidVoterKey;
        }
        return new RaftResponse.BeginQuorumEpoch(error, _epoch, Leader.LeaderId);
    }

    private RaftResponse.EndQuorumEpoch HandleEndQuorumEpoch(RaftRequest.EndQuorumEpoch end)
    {
        RaftError error = CheckLeaderClaim(end.Epoch, end.LeaderId);
        if (error == RaftError.None && _role == RaftRole.Follower && IsVoter)
        {
            int rank = end.PreferredSuccessors.ToList().FindIndex(IsLocal);
            // The best successor starts at once; the others leave it time, and do not all start together.
            int waitMs = rank switch
            {
                0 => 0,
                > 0 => Math.Min(_options.ElectionBackoffMaxMs, (rank * _options.RetryBackoffMs) + Random(_options.ElectionBackoffMaxMs)),
                _ => _options.ElectionBackoffMaxMs + Random(_options.ElectionTimeoutMs),
            };
            _timerMs = Math.Min(_timerMs, _nowMs + waitMs);
            _hasFetched = false;
        }
        return new RaftResponse.EndQuorumEpoch(error, _epoch, Leader.LeaderId);
    }

    private RaftError CheckLeaderClaim(int epoch, int leaderId)
    {
        if (epoch < _epoch)
        {
            return RaftError.FencedLeaderEpoch;
        }
        if (leaderId == _options.NodeId || leaderId < 0 || (epoch == _epoch && _elected is { } known && known != leaderId))
        {
            return RaftError.InvalidRequest;
        }
        if (epoch > _epoch || _elected is null)
        {
            BecomeFollower(epoch, leaderId);
        }
        else if (_role != RaftRole.Follower)
        {
            BecomeFollower(_epoch, leaderId);
        }
        return RaftError.None;
    }
}
