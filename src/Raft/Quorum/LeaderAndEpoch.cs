namespace Moldau.Raft;

/// <summary>Who leads in which epoch, as one node knows it. <see cref="LeaderId"/> is null while no leader of the epoch is known.</summary>
public readonly record struct LeaderAndEpoch(int? LeaderId, int Epoch)
{
    /// <summary>True when <paramref name="nodeId"/> leads.</summary>
    public bool IsLeader(int nodeId) => LeaderId == nodeId;
}
