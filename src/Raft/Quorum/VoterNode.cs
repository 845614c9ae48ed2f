namespace Moldau.Raft;

/// <summary>One voter: its key, its endpoints and the range of kraft.version it supports.</summary>
public sealed record VoterNode(ReplicaKey Key, IReadOnlyList<VoterEndpoint> Endpoints, short KRaftVersionMin = 0, short KRaftVersionMax = 1)
{
    public bool Equals(VoterNode? other) =>
        other is not null && Key == other.Key && KRaftVersionMin == other.KRaftVersionMin && KRaftVersionMax == other.KRaftVersionMax
        && Endpoints.SequenceEqual(other.Endpoints);

    public override int GetHashCode() => Key.GetHashCode();
}
