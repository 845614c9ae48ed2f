namespace Moldau.Raft;

/// <summary>What the shell found on the disk: the election state, the log, and the control records of snapshot and log that the quorum follows.</summary>
public sealed record RaftStartState(ElectionState Election, RaftLogView Log)
{
    /// <summary>The voter set of the newest snapshot; null when it holds none.</summary>
    public VoterSet? SnapshotVoters { get; init; }

    /// <summary>kraft.version in the newest snapshot.</summary>
    public short SnapshotKRaftVersion { get; init; }

    /// <summary>The control batches of the log, in order; those below the newest snapshot may be left out.</summary>
    public IReadOnlyList<RaftBatch> ControlBatches { get; init; } = [];
}
