using Moldau.Core;
using Moldau.Raft;

namespace Moldau.Simulation;

/// <summary>One replica of a simulated quorum: its core, its log as the process sees it, and what of all that would survive a crash.</summary>
public sealed class SimulatedReplica(int id, VoterSet staticVoters)
{
    public int Id { get; } = id;

    public ReplicaKey Key { get; } = new(id, new Uuid(7, (ulong)id));

    public VoterSet StaticVoters { get; } = staticVoters;

    public RaftCore? Core { get; private set; }

    /// <summary>Counts the starts, so that what was on its way to an earlier life is told apart.</summary>
    public int Life { get; private set; }

    public List<RaftBatch> Log { get; private set; } = [];

    public List<RaftBatch> SyncedLog { get; private set; } = [];

    public ElectionState SyncedElection { get; set; } = ElectionState.Initial;

    public OffsetAndEpoch? SnapshotId { get; private set; }

    public VoterSet? SnapshotVoters { get; private set; }

    public short SnapshotKRaftVersion { get; private set; }

    public long StartOffset { get; private set; }

    public long SyncedEnd => SyncedLog.Count > 0 ? SyncedLog[^1].LastOffset + 1 : StartOffset;

    public long NextTickMs { get; set; } = long.MaxValue;

    public void Start(int seed)
    {
        Life++;
        Log = [.. SyncedLog];
        List<EpochStart> epochs = [];
        foreach (RaftBatch batch in Log)
        {
            if (epochs.Count == 0 || epochs[^1].Epoch < batch.Epoch)
            {
                epochs.Add(new EpochStart(batch.Epoch, batch.BaseOffset));
            }
        }
        long end = Log.Count > 0 ? Log[^1].LastOffset + 1 : StartOffset;
        var view = new RaftLogView(StartOffset, end, epochs, SnapshotId);
        var options = new RaftOptions { NodeId = Id, DirectoryId = Key.DirectoryId, StaticVoters = StaticVoters };
        Core = new RaftCore(options, new SimEntropy(new SimRandom(((ulong)seed << 24) ^ ((ulong)Id << 16) ^ (ulong)Life)), new RaftStartState(SyncedElection, view)
        {
            SnapshotVoters = SnapshotVoters,
            SnapshotKRaftVersion = SnapshotKRaftVersion,
            ControlBatches = [.. Log.Where(batch => batch.IsControl)],
        });
    }

    public void Crash()
    {
        Core = null;
        Life++;
        NextTickMs = long.MaxValue;
    }

    public void Sync() => SyncedLog = [.. Log];

    public void Truncate(long offset) => Log.RemoveAll(batch => batch.BaseOffset >= offset);

    /// <summary>Sets the snapshot; a whole one takes the place of the log.</summary>
    public void PutSnapshot(OffsetAndEpoch id, VoterSet? voters, short level, bool replacesLog)
    {
        SnapshotId = id;
        SnapshotVoters = voters;
        SnapshotKRaftVersion = level;
        if (replacesLog)
        {
            Log.Clear();
            SyncedLog.Clear();
            StartOffset = id.Offset;
        }
    }

    public void AdvanceStart(long offset)
    {
        StartOffset = offset;
        Log.RemoveAll(batch => batch.LastOffset < offset);
        SyncedLog.RemoveAll(batch => batch.LastOffset < offset);
    }
}
