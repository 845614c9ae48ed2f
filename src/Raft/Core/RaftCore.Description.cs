namespace Moldau.Raft;

/// <content>The quorum as DescribeQuorum shows it.</content>
public sealed partial class RaftCore
{
    /// <summary>The state of the quorum at the moment of the last step.</summary>
    public QuorumDescription Describe()
    {
        List<QuorumReplica> voters = [];
        List<QuorumReplica> observers = [];
        foreach (VoterNode voter in Voters.Voters)
        {
            bool isLocalLeader = voter.Key.Id == _options.NodeId && _role == RaftRole.Leader;
            voters.Add(isLocalLeader
                ? new QuorumReplica(voter.Key, _log.EndOffset, _nowMs, _nowMs)
                : ToReplica(voter.Key, _role == RaftRole.Leader ? ProgressOf(voter) : null));
        }
        if (_role == RaftRole.Leader)
        {
            foreach (ReplicaProgress progress in _progress.Values)
            {
                if (!Voters.IsVoter(progress.Key))
                {
                    observers.Add(ToReplica(progress.Key, progress));
                }
            }
        }
        return new QuorumDescription(Leader.LeaderId, _epoch, _highWatermark ?? -1, voters, observers, [.. Voters.Voters]);
    }

    private static QuorumReplica ToReplica(ReplicaKey key, ReplicaProgress? progress) =>
        new(key, progress?.EndOffset ?? -1, progress?.LastFetchMs ?? -1, progress?.LastCaughtUpMs ?? -1);
}
