using Moldau.Raft;

namespace Moldau.Simulation;

/// <summary>Watches all replicas of a simulated quorum and throws when an invariant of RELIABILITY.md breaks. It draws no random numbers.</summary>
public sealed class QuorumChecker(IReadOnlyList<SimulatedReplica> replicas)
{
    private readonly Dictionary<int, int> _leaderOfEpoch = [];
    private readonly Dictionary<(int Replica, int Epoch), ReplicaKey> _votes = [];
    private readonly Dictionary<(int Epoch, long Offset), (string Content, (int Epoch, long Offset)? Before)> _entries = [];
    private readonly SortedDictionary<long, RaftBatch> _committed = [];

    public long CommittedEnd { get; private set; }

    public RaftBatch? CommittedAt(long offset) => _committed.GetValueOrDefault(offset);

    public void Persisted(SimulatedReplica replica, ElectionState state)
    {
        Check(state.Epoch >= replica.SyncedElection.Epoch, "R2: the durable epoch never falls");
        if (state.Voted is { } vote)
        {
            Check(_votes.TryAdd((replica.Id, state.Epoch), vote) || _votes[(replica.Id, state.Epoch)] == vote, "R2: one vote in an epoch");
        }
    }

    public void Appended(SimulatedReplica replica, RaftBatch batch)
    {
        (int, long)? before = replica.Log.Count > 0 ? (replica.Log[^1].Epoch, replica.Log[^1].BaseOffset) : null;
        string content = $"{batch.LastOffset} {batch.ControlRecords.Count} {string.Join(",", batch.Records.Select(record => Convert.ToHexString(record.Span)))}";
        if (_entries.TryGetValue((batch.Epoch, batch.BaseOffset), out var known))
        {
            Check(known.Content == content, $"R3: two entries at {batch.BaseOffset} of epoch {batch.Epoch}");
            Check(before is null || known.Before is null || known.Before == before, $"R3: the logs differ before {batch.BaseOffset} of epoch {batch.Epoch}");
        }
        if (known.Before is null)
        {
            _entries[(batch.Epoch, batch.BaseOffset)] = (content, before);
        }
    }

    public void Committed(SimulatedReplica replica, long highWatermark)
    {
        foreach (RaftBatch batch in replica.Log)
        {
            if (batch.LastOffset >= highWatermark)
            {
                break;
            }
            if (_committed.TryGetValue(batch.BaseOffset, out RaftBatch? known))
            {
                Check(known.Epoch == batch.Epoch && known.LastOffset == batch.LastOffset, $"R4: the committed entry at {batch.BaseOffset} changed");
            }
            else
            {
                _committed.Add(batch.BaseOffset, batch);
            }
        }
        if (replica.Core!.Role == RaftRole.Leader && highWatermark > CommittedEnd)
        {
            VoterSet voters = replica.Core.Voters;
            int synced = voters.Ids.Count(id => replicas.Single(one => one.Id == id) is { } voter && voter.SyncedEnd >= highWatermark);
            Check(synced > voters.Count / 2, $"R5: {highWatermark} is committed but synced by {synced} of {voters}");
        }
        CommittedEnd = Math.Max(CommittedEnd, highWatermark);
    }

    public void Stepped(SimulatedReplica replica, RaftInput input, RaftRole roleBefore, int epochBefore, ReplicaKey? voteBefore)
    {
        RaftCore core = replica.Core!;
        if (core.Role == RaftRole.Leader)
        {
            bool isNew = _leaderOfEpoch.TryAdd(core.Epoch, replica.Id);
            Check(isNew || _leaderOfEpoch[core.Epoch] == replica.Id, $"R1: two leaders of epoch {core.Epoch}");
            if (isNew && _leaderOfEpoch.Keys.Max() == core.Epoch)
            {
                CheckHoldsAllCommitted(replica);
            }
        }
        if (input is RaftInput.Request { Message: RaftRequest.Vote { PreVote: true } vote })
        {
            Check(core.Epoch == Math.Max(epochBefore, vote.Epoch), "R8: a pre-vote raises no epoch");
            Check(core.Epoch != epochBefore || core.Voted == voteBefore, "R8: a pre-vote takes no vote");
        }
        if (core.Role == RaftRole.Prospective && roleBefore is not (RaftRole.Prospective or RaftRole.Candidate) && input is RaftInput.Tick)
        {
            Check(core.Epoch == epochBefore && core.Voted == voteBefore, "R8: asking for pre-votes changes neither epoch nor vote");
        }
        Check(replica.StartOffset == 0 || replica.SnapshotId?.Offset >= replica.StartOffset, "R7: a log start above 0 has a snapshot");
        long end = replica.Log.Count > 0 ? replica.Log[^1].LastOffset + 1 : replica.StartOffset;
        Check(core.Log.EndOffset == end && core.Log.StartOffset == replica.StartOffset, "the core's view of the log is the log");
    }

    private void CheckHoldsAllCommitted(SimulatedReplica leader)
    {
        Dictionary<long, RaftBatch> log = leader.Log.ToDictionary(batch => batch.BaseOffset);
        foreach (RaftBatch batch in _committed.Values)
        {
            if (batch.LastOffset >= leader.StartOffset)
            {
                Check(log.TryGetValue(batch.BaseOffset, out RaftBatch? own) && own.Epoch == batch.Epoch, $"R4: the leader of {leader.Core!.Epoch} lacks {batch.BaseOffset}");
            }
        }
    }

    private static void Check(bool condition, string invariant)
    {
        if (!condition)
        {
            throw new InvalidOperationException(invariant);
        }
    }
}
