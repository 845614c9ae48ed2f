using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Raft;

/// <summary>
/// A replica of the quorum as a pure step function (KIP-595, 630, 853, 996): what comes in, the time and the numbers of the entropy alone decide what
/// goes out. One owner at a
/// time. The outputs of a step must be carried out in order; the core has taken all of them for done. Invariants R1 to R8 are checked where they could
/// break, by name.
/// </summary>
public sealed partial class RaftCore
{
    private readonly RaftOptions _options;
    private readonly IEntropy _entropy;
    private readonly RaftLogView _log;
    private readonly VoterHistory _history;
    private readonly PeerRequests _requests;
    private readonly ElectionState _startElection;
    private List<RaftOutput> _outputs = [];
    private long _nowMs;
    private bool _started;
    private bool _stopped;

    private RaftRole _role = RaftRole.Unattached;
    private int _epoch;
    private ReplicaKey? _voted;

    // The one leader of this epoch, once it is known, this node included. It outlives the role: who knows a leader gives no vote in its epoch (R1).
    private int? _elected;
    private long? _highWatermark;
    private LeaderAndEpoch _announced;

    // The role's own deadline: election timeout, fetch timeout, or the check of the quorum.
    private long _timerMs;
    private long? _shutdownDeadlineMs;

    /// <param name="options">Who this replica is, and its times.</param>
    /// <param name="entropy">Draws the election timeouts.</param>
    /// <param name="start">What lies on the disk.</param>
    public RaftCore(RaftOptions options, IEntropy entropy, RaftStartState start)
    {
        _options = options;
        _entropy = entropy;
        _log = start.Log;
        _startElection = start.Election;
        _requests = new PeerRequests(options.RequestTimeoutMs, options.RetryBackoffMs);
        _history = new VoterHistory(options.StaticVoters);
        if (start.Log.LatestSnapshotId is { } id)
        {
            _history.ResetTo(id, start.SnapshotVoters, start.SnapshotKRaftVersion);
        }
        foreach (RaftBatch batch in start.ControlBatches)
        {
            if (start.Log.LatestSnapshotId is not { } snapshot || batch.BaseOffset >= snapshot.Offset)
            {
                _history.Add(batch);
            }
        }
    }

    public RaftRole Role => _role;

    public int Epoch => _epoch;

    public ReplicaKey LocalKey => _options.LocalKey;

    /// <summary>The leader as this role knows it: none while it asks for votes or has resigned.</summary>
    public LeaderAndEpoch Leader => new(
        _role switch
        {
            RaftRole.Leader => _options.NodeId,
            RaftRole.Follower => _elected,
            RaftRole.Prospective when _elected != _options.NodeId => _elected,
            _ => null,
        },
        _epoch);

    /// <summary>The vote in this epoch.</summary>
    public ReplicaKey? Voted => _voted;

    public RaftLogView Log => _log;

    public long? HighWatermark => _highWatermark;

    /// <summary>The newest voter set, committed or not.</summary>
    public VoterSet Voters => _history.Voters;

    public short KRaftVersion => _history.Level;

    public bool IsVoter => Voters.IsVoter(LocalKey);

    public bool IsObserver => !IsVoter;

    /// <summary>When the next step is due at the latest, on the clock of <see cref="Step"/>.</summary>
    public long NextDeadlineMs { get; private set; } = long.MaxValue;

    /// <summary>Voter set and kraft.version for a snapshot that ends at the offset.</summary>
    public (VoterSet? Voters, short KRaftVersion) ControlStateAt(long endOffset) => _history.At(endOffset);

    /// <summary>Takes one input at one moment. <paramref name="nowMs"/> never goes back.</summary>
    public IReadOnlyList<RaftOutput> Step(RaftInput input, long nowMs)
    {
        Invariant.That(_started != input is RaftInput.Start, "the first input, and only that, is Start");
        _outputs = [];
        _nowMs = Math.Max(_nowMs, nowMs);
        int epochBefore = _epoch;
        long? highWatermarkBefore = _highWatermark;
        if (!_stopped)
        {
            Handle(input);
            Poll();
            AnnounceLeader();
        }
        Invariant.That(_epoch >= epochBefore, "R2: the epoch never falls");
        Invariant.That(highWatermarkBefore is null || _highWatermark >= highWatermarkBefore, "R2: the high watermark never falls");
        Invariant.That(_log.StartOffset == 0 || _log.LatestSnapshotId is { } id && id.Offset >= _log.StartOffset, "R7: a snapshot covers what is gone");
        NextDeadlineMs = ComputeDeadline();
        return _outputs;
    }

    private void Handle(RaftInput input)
    {
        switch (input)
        {
            case RaftInput.Start:
                Initialize();
                break;
            case RaftInput.Request request:
                HandleRequest(request.RequestId, request.Message);
                break;
            case RaftInput.Response response:
                HandleResponse(response.CorrelationId, response.Message);
                break;
            case RaftInput.SendFailed failed:
                _requests.TryComplete(failed.CorrelationId, failed: true, _nowMs, out _);
                break;
            case RaftInput.Append append:
                HandleAppend(append);
                break;
            case RaftInput.LogFlushed flushed:
                _log.Flushed(flushed.Offset);
                AdvanceHighWatermark();
                break;
            case RaftInput.SnapshotCreated created:
                Invariant.That(_highWatermark >= created.SnapshotId.Offset, "R7: only committed state is in a snapshot");
                _log.SnapshotCreated(created.SnapshotId);
                break;
            case RaftInput.LogStartAdvanced advanced:
                _log.AdvanceStart(advanced.LogStartOffset);
                break;
            case RaftInput.SnapshotInstalled installed:
                HandleSnapshotInstalled(installed);
                break;
            case RaftInput.ChangeVoters change:
                HandleChangeVoters(change.Voters);
                break;
            case RaftInput.Resign resign when _role == RaftRole.Leader && resign.Epoch == _epoch:
                BecomeResigned();
                break;
            case RaftInput.Shutdown shutdown:
                HandleShutdown(shutdown.TimeoutMs);
                break;
        }
    }

    private void HandleRequest(long requestId, RaftRequest request)
    {
        switch (request)
        {
            case RaftRequest.Vote vote:
                Reply(requestId, HandleVote(vote));
                break;
            case RaftRequest.BeginQuorumEpoch begin:
                Reply(requestId, HandleBeginQuorumEpoch(begin));
                break;
            case RaftRequest.EndQuorumEpoch end:
                Reply(requestId, HandleEndQuorumEpoch(end));
                break;
            case RaftRequest.Fetch fetch:
                HandleFetch(requestId, fetch);
                break;
            case RaftRequest.FetchSnapshot fetch:
                Reply(requestId, HandleFetchSnapshot(fetch));
                break;
        }
    }

    private void HandleResponse(long correlationId, RaftResponse response)
    {
        if (!_requests.TryComplete(correlationId, failed: response.Error != RaftError.None, _nowMs, out int from) || !LearnFrom(response))
        {
            return;
        }
        switch (response)
        {
            case RaftResponse.Vote vote:
                HandleVoteResponse(from, vote);
                break;
            case RaftResponse.BeginQuorumEpoch begin when begin.Error == RaftError.None && _role == RaftRole.Leader:
                _acknowledged.Add(from);
                break;
            case RaftResponse.EndQuorumEpoch end when end.Error == RaftError.None && _role == RaftRole.Resigned:
                _acknowledged.Add(from);
                break;
            case RaftResponse.Fetch fetch:
                HandleFetchResponse(from, fetch);
                break;
            case RaftResponse.FetchSnapshot fetch:
                HandleFetchSnapshotResponse(from, fetch);
                break;
        }
    }

    /// <summary>Takes epoch and leader from an answer. False when the answer itself is void: of an older epoch, or this replica has just moved on because
    /// of it.</summary>
    private bool LearnFrom(RaftResponse response)
    {
        if (response.Epoch < _epoch)
        {
            return false;
        }
        if (response.Epoch > _epoch)
        {
            Follow(response.Epoch, response.LeaderId);
            return false;
        }
        if (response.LeaderId is { } leader && leader != _options.NodeId && _elected is null)
        {
            BecomeFollower(_epoch, leader);
            return false;
        }
        return true;
    }

    private void Follow(int epoch, int? leaderId)
    {
        if (leaderId is { } leader && leader != _options.NodeId)
        {
            BecomeFollower(epoch, leader);
        }
        else
        {
            BecomeUnattached(epoch);
        }
    }

    private void HandleShutdown(int timeoutMs)
    {
        if (_role == RaftRole.Leader)
        {
            BecomeResigned();
            _shutdownDeadlineMs = _nowMs + timeoutMs;
            if (Voters.Ids.Any(id => id != _options.NodeId))
            {
                return;
            }
        }
        Stop();
    }

    private void Stop()
    {
        FailParkedFetches();
        AnnounceLeader();
        _stopped = true;
        _outputs.Add(new RaftOutput.Stopped());
    }

    private void AnnounceLeader()
    {
        if (Leader != _announced)
        {
            _announced = Leader;
            _outputs.Add(new RaftOutput.LeaderChanged(_announced));
        }
    }

    private void Reply(long requestId, RaftResponse response) => _outputs.Add(new RaftOutput.Reply(requestId, response));

    private int Random(int bound)
    {
        if (bound <= 0)
        {
            return 0;
        }
        Span<byte> bytes = stackalloc byte[4];
        _entropy.Fill(bytes);
        return (int)(BitConverter.ToUInt32(bytes) % (uint)bound);
    }
}
