using Moldau.Raft;

namespace Moldau.Simulation;

/// <summary>
/// Some replicas on a network that loses, delays and doubles messages, on disks that forget what was not synced, on one virtual clock. A seed decides
/// everything.
/// </summary>
public sealed class QuorumSimulation
{
    private readonly PriorityQueue<Action, (long Ms, long Order)> _events = new();
    private readonly List<SimulatedReplica> _replicas = [];
    private readonly HashSet<(int, int)> _cut = [];
    private readonly Dictionary<long, (SimulatedReplica From, int Life, long CorrelationId)> _requests = [];
    private readonly QuorumChecker _checker;
    private readonly Random _random;
    private readonly int _seed;
    private readonly SimTrace? _trace;
    private readonly bool _isDynamic;
    private double _loss;
    private long _nowMs;
    private long _order;
    private long _nextRequestId;
    private long _nextValue;

    public QuorumSimulation(int seed, int count, bool isDynamic, SimTrace? trace = null)
    {
        _seed = seed;
        _trace = trace;
        _isDynamic = isDynamic;
        _random = new Random(seed);
        VoterSet voters = new(Enumerable.Range(1, count).Select(id => new VoterNode(new ReplicaKey(id, isDynamic ? new(7, (ulong)id) : default), [])));
        for (int id = 1; id <= count; id++)
        {
            var replica = new SimulatedReplica(id, isDynamic ? VoterSet.Empty : voters);
            if (isDynamic)
            {
                replica.PutSnapshot(OffsetAndEpoch.Bootstrap, voters, 1, replacesLog: true);
            }
            _replicas.Add(replica);
        }
        _checker = new QuorumChecker(_replicas);
    }

    public long CommittedEnd => _checker.CommittedEnd;

    public IReadOnlyList<SimulatedReplica> Replicas => _replicas;

    /// <summary>Faults for a while, then none; in the end everyone must agree and go on.</summary>
    public void Run(long faultsMs, long calmMs)
    {
        _loss = _random.NextDouble() * 0.2;
        foreach (SimulatedReplica replica in _replicas)
        {
            Start(replica);
        }
        At(1, ClientAppends);
        At(_random.Next(2000), () => Trouble(faultsMs));
        RunUntil(faultsMs);
        _loss = 0;
        _cut.Clear();
        foreach (SimulatedReplica replica in _replicas.Where(replica => replica.Core is null))
        {
            Start(replica);
        }
        long committedBefore = CommittedEnd;
        RunUntil(faultsMs + calmMs);
        if (CommittedEnd <= committedBefore)
        {
            throw new InvalidOperationException($"nothing was committed in {calmMs} ms without faults; {string.Join("; ", _replicas.Select(Describe))}");
        }
    }

    private static string Describe(SimulatedReplica replica) =>
        $"{replica.Id}: {replica.Core?.Role} epoch {replica.Core?.Epoch} log {replica.Core?.Log.StartOffset}..{replica.Core?.Log.End} committed {replica.Core?.HighWatermark}"
        + $" voters {replica.Core?.Voters}";

    private void At(long delayMs, Action action) => _events.Enqueue(action, (_nowMs + delayMs, _order++));

    private void RunUntil(long endMs)
    {
        while (_events.TryPeek(out Action? action, out (long Ms, long Order) when) && when.Ms <= endMs)
        {
            _events.Dequeue();
            _nowMs = when.Ms;
            action();
        }
        _nowMs = endMs;
    }

    private void Start(SimulatedReplica replica)
    {
        replica.Start(_seed);
        Step(replica, new RaftInput.Start());
    }

    private void Step(SimulatedReplica replica, RaftInput input)
    {
        RaftCore core = replica.Core!;
        RaftRole role = core.Role;
        int epoch = core.Epoch;
        ReplicaKey? vote = core.Voted;
        foreach (RaftOutput output in core.Step(input, _nowMs))
        {
            Carry(replica, output);
        }
        _trace?.Note(_nowMs * 1000, $"{input.GetType().Name} at {Describe(replica)}");
        _checker.Stepped(replica, input, role, epoch, vote);
        if (core.NextDeadlineMs < replica.NextTickMs)
        {
            ScheduleTick(replica, core.NextDeadlineMs);
        }
    }

    private void ScheduleTick(SimulatedReplica replica, long atMs)
    {
        int life = replica.Life;
        replica.NextTickMs = atMs;
        At(Math.Max(atMs - _nowMs, 0), () =>
        {
            if (replica.Life == life && replica.NextTickMs == atMs)
            {
                replica.NextTickMs = long.MaxValue;
                Step(replica, new RaftInput.Tick());
            }
        });
    }

    private void Carry(SimulatedReplica replica, RaftOutput output)
    {
        int life = replica.Life;
        switch (output)
        {
            case RaftOutput.PersistElection persist:
                _checker.Persisted(replica, persist.State);
                replica.SyncedElection = persist.State;
                break;
            case RaftOutput.Append append:
                _checker.Appended(replica, append.Batch);
                replica.Log.Add(append.Batch);
                break;
            case RaftOutput.Truncate truncate:
                replica.Truncate(truncate.Offset);
                break;
            case RaftOutput.Flush flush:
                At(_random.Next(8), () => WhenAlive(replica, life, () =>
                {
                    replica.Sync();
                    Step(replica, new RaftInput.LogFlushed(flush.Offset));
                }));
                break;
            case RaftOutput.Send { To: { } to } send:
                Deliver(replica.Id, to, () => Receive(replica, life, _replicas[to - 1], send));
                break;
            case RaftOutput.Reply reply when _requests.Remove(reply.RequestId, out var request):
                RaftResponse response = Fill(replica, reply.Message);
                Deliver(replica.Id, request.From.Id, () =>
                    WhenAlive(request.From, request.Life, () => Step(request.From, new RaftInput.Response(request.CorrelationId, response))));
                break;
            case RaftOutput.HighWatermarkAdvanced advanced:
                _checker.Committed(replica, advanced.Offset);
                break;
            case RaftOutput.InstallSnapshot install:
                At(_random.Next(8), () => WhenAlive(replica, life, () => Install(replica, install.SnapshotId)));
                break;
        }
    }

    private static void WhenAlive(SimulatedReplica replica, int life, Action action)
    {
        if (replica.Life == life && replica.Core is not null)
        {
            action();
        }
    }

    private void Deliver(int from, int to, Action arrive)
    {
        int copies = _random.NextDouble() < _loss ? 0 : _random.NextDouble() < _loss / 2 ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            long delayMs = _random.NextDouble() < _loss ? _random.Next(3000) : 1 + _random.Next(10);
            At(delayMs, () =>
            {
                if (!_cut.Contains((from, to)))
                {
                    arrive();
                }
            });
        }
    }

    private void Receive(SimulatedReplica from, int life, SimulatedReplica to, RaftOutput.Send send)
    {
        if (to.Core is not null)
        {
            long id = ++_nextRequestId;
            _requests[id] = (from, life, send.CorrelationId);
            Step(to, new RaftInput.Request(id, send.Message));
        }
    }

    private static RaftResponse Fill(SimulatedReplica replica, RaftResponse response) => response switch
    {
        RaftResponse.Fetch { ReadFrom: { } from } fetch => fetch with { Batches = [.. replica.Log.Where(batch => batch.BaseOffset >= from).Take(3)] },
        RaftResponse.FetchSnapshot { Error: RaftError.None } fetch => fetch with { SizeBytes = 3, Bytes = new byte[Math.Min(2, 3 - fetch.Position)] },
        _ => response,
    };

    private void Install(SimulatedReplica replica, OffsetAndEpoch id)
    {
        // The snapshot holds what was committed up to its end; whichever replica made it knows the voters of then.
        SimulatedReplica maker = _replicas.First(one => one.SnapshotId == id);
        replica.PutSnapshot(id, maker.SnapshotVoters, maker.SnapshotKRaftVersion, replacesLog: true);
        Step(replica, new RaftInput.SnapshotInstalled(id, maker.SnapshotVoters, maker.SnapshotKRaftVersion));
    }

    private void ClientAppends()
    {
        foreach (SimulatedReplica replica in _replicas)
        {
            if (replica.Core is { Role: RaftRole.Leader } core)
            {
                List<ReadOnlyMemory<byte>> records = [];
                for (int i = _random.Next(3); i >= 0; i--)
                {
                    records.Add(BitConverter.GetBytes(++_nextValue));
                }
                Step(replica, new RaftInput.Append(core.Epoch, core.Log.EndOffset, records));
            }
        }
        At(5 + _random.Next(60), ClientAppends);
    }

    private void Trouble(long untilMs)
    {
        if (_nowMs >= untilMs)
        {
            return;
        }
        SimulatedReplica victim = _replicas[_random.Next(_replicas.Count)];
        switch (_random.Next(8))
        {
            case 0 or 1 when victim.Core is not null:
                victim.Crash();
                int life = victim.Life;
                At(_random.Next(3000), () =>
                {
                    if (victim.Core is null && victim.Life == life)
                    {
                        Start(victim);
                    }
                });
                break;
            case 2:
                CutOff(victim);
                break;
            case 3:
                _cut.Clear();
                break;
            case 4 when victim.Core is { } core:
                Step(victim, new RaftInput.Resign(core.Epoch));
                break;
            case 5 when _isDynamic:
                ChangeVoters();
                break;
            case 6 or 7:
                Snapshot(victim);
                break;
        }
        At(_random.Next(1200), () => Trouble(untilMs));
    }

    private void CutOff(SimulatedReplica victim)
    {
        bool oneWay = _random.Next(4) == 0;
        foreach (SimulatedReplica other in _replicas.Where(other => other != victim && _random.Next(4) > 0))
        {
            _cut.Add((victim.Id, other.Id));
            if (!oneWay)
            {
                _cut.Add((other.Id, victim.Id));
            }
        }
    }

    private void ChangeVoters()
    {
        SimulatedReplica? leader = _replicas.Find(replica => replica.Core is { Role: RaftRole.Leader });
        if (leader?.Core is not { } core)
        {
            return;
        }
        SimulatedReplica one = _replicas[_random.Next(_replicas.Count)];
        VoterSet voters = core.Voters.IsVoter(one.Key)
            ? core.Voters.Without(one.Key)
            : core.Voters.With(new VoterNode(one.Key, []));
        if (voters.Count >= 3)
        {
            Step(leader, new RaftInput.ChangeVoters(voters));
        }
    }

    private void Snapshot(SimulatedReplica replica)
    {
        if (replica.Core is not { HighWatermark: { } committed } core || committed <= (replica.SnapshotId?.Offset ?? 0))
        {
            return;
        }
        RaftBatch? last = replica.Log.FindLast(batch => batch.LastOffset < committed);
        if (last is null || last.LastOffset + 1 <= (replica.SnapshotId?.Offset ?? 0))
        {
            return;
        }
        var id = new OffsetAndEpoch(last.LastOffset + 1, last.Epoch);
        (VoterSet? voters, short level) = core.ControlStateAt(id.Offset);
        replica.PutSnapshot(id, _isDynamic ? voters : null, level, replacesLog: false);
        Step(replica, new RaftInput.SnapshotCreated(id));
        if (_random.Next(2) == 0)
        {
            // The log is cut a little before the snapshot, at a batch's start.
            List<RaftBatch> candidates = [.. replica.Log.Where(batch => batch.BaseOffset <= id.Offset)];
            long start = _random.Next(3) == 0 ? id.Offset : candidates[_random.Next(candidates.Count)].BaseOffset;
            replica.AdvanceStart(start);
            Step(replica, new RaftInput.LogStartAdvanced(start));
        }
    }
}
