using System.Text;

namespace Moldau.Raft.Tests;

/// <summary>Writes down what it is told, one line each.</summary>
public sealed class RecordingListener : IRaftListener
{
    public List<string> Told { get; } = [];

    public LeaderAndEpoch? Leader { get; private set; }

    public List<string> Values { get; } = [];

    public long NextOffset { get; private set; }

    public long LastTimestampMs { get; private set; }

    public void HandleCommit(IReadOnlyList<CommittedBatch> batches)
    {
        foreach (CommittedBatch batch in batches)
        {
            Told.Add($"commit {batch.BaseOffset}..{batch.LastOffset} of {batch.Epoch}{(batch.IsControl ? " control" : "")}");
            Values.AddRange(batch.Records.Select(record => Encoding.UTF8.GetString(record.Span)));
            NextOffset = batch.LastOffset + 1;
            LastTimestampMs = batch.AppendTimestampMs;
        }
    }

    public void HandleLoadSnapshot(RaftSnapshot snapshot)
    {
        Told.Add($"snapshot {snapshot.SnapshotId.Offset}-{snapshot.SnapshotId.Epoch}");
        Values.Clear();
        Values.AddRange(snapshot.Batches.SelectMany(batch => batch.Records).Select(record => Encoding.UTF8.GetString(record.Span)));
        NextOffset = snapshot.SnapshotId.Offset;
    }

    public void HandleLeaderChange(LeaderAndEpoch leader)
    {
        Told.Add($"leader {leader.LeaderId?.ToString() ?? "none"} of {leader.Epoch}");
        Leader = leader;
    }

    public void HandleShutdown() => Told.Add("shutdown");
}
