using Moldau.Core;

namespace Moldau.Raft;

/// <content>The roles, what leads from one to another, and what each does as time passes.</content>
public sealed partial class RaftCore
{
    private readonly HashSet<int> _granted = [];
    private readonly HashSet<int> _rejected = [];

    // Voters that answered what the leader or the resigned leader tells everyone.
    private readonly HashSet<int> _acknowledged = [];
    private bool _hasFetched;

    private void Initialize()
    {
        _started = true;
        _epoch = _startElection.Epoch;
        _voted = _startElection.Voted;
        _elected = _startElection.LeaderId;
        _announced = new LeaderAndEpoch(null, _epoch);
        if (_log.LastEpoch > _epoch)
        {
            // The log knows a newer epoch than the election state, which was lost or never written.
            BecomeUnattached(_log.LastEpoch);
        }
        else if (_elected == _options.NodeId && IsVoter)
        {
            // It led this epoch and may have lost what it had not synced: never lead it again.
            BecomeResigned();
        }
        else if (_elected is { } leader && leader != _options.NodeId && Voters.ContainsId(leader))
        {
            BecomeFollower(_epoch, leader);
        }
        else
        {
            BecomeUnattached(_epoch);
        }
        if (Voters.IsOnlyVoter(LocalKey))
        {
            BecomeProspective();
        }
    }

    private void BecomeUnattached(int epoch)
    {
        EnterEpoch(epoch);
        Enter(RaftRole.Unattached);
        _timerMs = _nowMs + ElectionTimeout();
    }

    private void BecomeFollower(int epoch, int leaderId)
    {
        Invariant.That(epoch > _epoch || _elected is null || _elected == leaderId, "R1: an epoch has one leader");
        Invariant.That(leaderId != _options.NodeId);
        bool isNews = epoch > _epoch || _elected != leaderId;
        if (epoch > _epoch)
        {
            _voted = null;
        }
        _epoch = epoch;
        _elected = leaderId;
        if (isNews)
        {
            Persist();
        }
        Enter(RaftRole.Follower);
        _hasFetched = false;
        _snapshotFetch = null;
        _timerMs = _nowMs + _options.FetchTimeoutMs;
    }

    private void BecomeProspective()
    {
        Enter(RaftRole.Prospective);
        _timerMs = _nowMs + ElectionTimeout();
        StartCount();
        if (HasMajority(_granted))
        {
            BecomeCandidate();
        }
    }

    private void BecomeCandidate()
    {
        EnterEpoch(_epoch + 1, LocalKey);
        Enter(RaftRole.Candidate);
        _timerMs = _nowMs + ElectionTimeout();
        StartCount();
        if (HasMajority(_granted))
        {
            BecomeLeader();
        }
    }

    private void BecomeLeader()
    {
        Invariant.That(_role == RaftRole.Candidate && _voted == LocalKey && _elected is null, "R1: only the candidate of an epoch comes to lead it");
        Invariant.That(HasMajority(_granted), "R1: a leader has the votes of a majority");
        _elected = _options.NodeId;
        Enter(RaftRole.Leader);
        Persist();
        StartLeading();
    }

    private void BecomeResigned()
    {
        Enter(RaftRole.Resigned);
        _timerMs = _nowMs + ElectionTimeout();
    }

    private void Enter(RaftRole role)
    {
        if (_role == RaftRole.Leader && role != RaftRole.Leader)
        {
            _successors = SuccessorsByProgress();
            FailParkedFetches();
        }
        _role = role;
        _acknowledged.Clear();
        _requests.Reset();
    }

    private void EnterEpoch(int epoch, ReplicaKey? vote = null)
    {
        Invariant.That(epoch >= _epoch, "R2: the epoch never falls");
        if (epoch == _epoch)
        {
            return;
        }
        _epoch = epoch;
        _voted = vote;
        _elected = null;
        Persist();
    }

    private void Persist() => _outputs.Add(new RaftOutput.PersistElection(
        new ElectionState(_epoch, _elected, _elected == _options.NodeId ? null : _voted)));

    private int ElectionTimeout() => _options.ElectionTimeoutMs + Random(_options.ElectionTimeoutMs);

    private void StartCount()
    {
        _granted.Clear();
        _rejected.Clear();
        if (IsVoter)
        {
            _granted.Add(_options.NodeId);
        }
    }

    private bool HasMajority(HashSet<int> of) => Voters.Ids.Count(of.Contains) > Voters.Count / 2;

    private void Poll()
    {
        PollTimer();
        switch (_role)
        {
            case RaftRole.Leader:
                PollLeader();
                break;
            case RaftRole.Candidate or RaftRole.Prospective:
                AskForVotes();
                break;
            case RaftRole.Follower when !_stopped:
                FetchFrom(_elected);
                break;
            case RaftRole.Unattached when IsObserver:
                FindLeader();
                break;
            case RaftRole.Resigned:
                PollResigned();
                break;
        }
    }

    private void PollTimer()
    {
        if (_role == RaftRole.Leader || _nowMs < _timerMs)
        {
            return;
        }
        switch (_role)
        {
            case RaftRole.Unattached when IsVoter:
            case RaftRole.Follower when IsVoter:
            case RaftRole.Candidate:
                BecomeProspective();
                break;
            case RaftRole.Follower:
            case RaftRole.Resigned:
                BecomeUnattached(_epoch);
                break;
            case RaftRole.Prospective:
                LosePreVote();
                break;
        }
    }

    private void LosePreVote()
    {
        if (_elected is { } leader && leader != _options.NodeId)
        {
            BecomeFollower(_epoch, leader);
        }
        else
        {
            BecomeUnattached(_epoch);
        }
    }

    private void PollResigned()
    {
        List<VoterNode> waiting = [.. Voters.Voters.Where(voter => voter.Key.Id != _options.NodeId && !_acknowledged.Contains(voter.Key.Id))];
        if (_shutdownDeadlineMs is { } deadline && (waiting.Count == 0 || _nowMs >= deadline))
        {
            Stop();
            return;
        }
        foreach (VoterNode voter in waiting)
        {
            Send(voter.Key.Id, new RaftRequest.EndQuorumEpoch(_epoch, _options.NodeId, _successors, _options.LocalEndpoints));
        }
    }

    private void FindLeader()
    {
        if (Voters.Count == 0)
        {
            FetchFrom(null);
            return;
        }
        FetchFrom(Voters.Ids.ElementAt(Random(Voters.Count)));
    }

    private void Send(int? to, RaftRequest request)
    {
        int id = to ?? int.MaxValue;
        if (_requests.IsReady(id, _nowMs))
        {
            _outputs.Add(new RaftOutput.Send(_requests.Sent(id, _nowMs), to, request));
        }
    }

    private long ComputeDeadline()
    {
        if (_stopped)
        {
            return long.MaxValue;
        }
        long next = _requests.NextDeadlineMs(_nowMs);
        switch (_role)
        {
            case RaftRole.Leader:
                next = Math.Min(next, LeaderDeadline());
                break;
            case RaftRole.Unattached when IsObserver:
                break;
            default:
                next = Math.Min(next, _timerMs);
                break;
        }
        return Math.Min(next, _shutdownDeadlineMs ?? long.MaxValue);
    }
}
