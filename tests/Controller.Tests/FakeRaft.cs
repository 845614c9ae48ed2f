using Moldau.Core;
using Moldau.Raft;
using Moldau.Runtime;

namespace Moldau.Controller.Tests;

/// <summary>A metadata log in memory whose commits the test decides, and the workers that run the controller's queue when the test says so.</summary>
internal sealed class FakeRaft : IRaftClient, IWorkers
{
    private readonly List<CommittedBatch> _batches = [];
    private readonly Queue<Action> _work = [];
    private IRaftListener? _listener;
    private int _handedOut;
    private long _appendedEnd;

    public int NodeId => 1;

    public Uuid DirectoryId => new(3, 300);

    public LeaderAndEpoch Leader { get; private set; } = new(null, 0);

    public long? HighWatermark { get; private set; }

    /// <summary>As a real quorum's: what was appended lingers and is in the log only once it is committed.</summary>
    public long LogEndOffset => HighWatermark ?? 0;

    public OffsetAndEpoch? LatestSnapshotId => null;

    public short KRaftVersion => 1;

    internal bool RefuseAppends { get; set; }

    internal int? Resigned { get; private set; }

    public void Register(IRaftListener listener) => _listener = listener;

    public void Unregister(IRaftListener listener) => _listener = null;

    public long ScheduleAppend(int epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        if (RefuseAppends || !Leader.IsLeader(NodeId) || epoch != Leader.Epoch)
        {
            throw new NotLeaderException("not the leader");
        }

        _batches.Add(new(_appendedEnd, _appendedEnd + records.Count - 1, epoch, 1000, 100, false, records));
        _appendedEnd += records.Count;
        return _appendedEnd - 1;
    }

    public void Resign(int epoch) => Resigned = epoch;

    public int SnapshotsAsked { get; private set; }

    public ISnapshotWriter? CreateSnapshot(OffsetAndEpoch snapshotId, long lastContainedLogTimestampMs)
    {
        SnapshotsAsked++;
        return null;
    }

    public QuorumDescription DescribeQuorum() => new(1, 1, 0, [], [], []);

    public void Run(Action work) => _work.Enqueue(work);

    internal void Lead(int? leader, int epoch)
    {
        Leader = new(leader, epoch);
        _listener!.HandleLeaderChange(Leader);
        RunAll();
    }

    /// <summary>Commits everything appended so far.</summary>
    internal void Commit()
    {
        CommittedBatch[] fresh = [.. _batches.Skip(_handedOut)];
        _handedOut = _batches.Count;
        HighWatermark = _appendedEnd;
        _listener!.HandleCommit(fresh);
        RunAll();
    }

    /// <summary>Drops what was appended and not committed, as another leader makes happen.</summary>
    internal void Truncate()
    {
        _batches.RemoveRange(_handedOut, _batches.Count - _handedOut);
        _appendedEnd = _batches.Count == 0 ? 0 : _batches[^1].LastOffset + 1;
    }

    internal void RunAll()
    {
        while (_work.TryDequeue(out Action? work))
        {
            work();
        }
    }
}
