namespace Moldau.Raft;

/// <summary>A record of the quorum itself, in a control batch.</summary>
public abstract record RaftControlRecord
{
    /// <summary>The first record of each epoch (version 0 of the schema, always).</summary>
    public sealed record LeaderChange(int LeaderId, IReadOnlyList<int> Voters, IReadOnlyList<int> GrantingVoters) : RaftControlRecord;

    /// <summary>The finalized level of kraft.version, from this offset on.</summary>
    public sealed record KRaftVersion(short Level) : RaftControlRecord;

    /// <summary>The voter set, from this offset on (KIP-853).</summary>
    public sealed record VotersChange(VoterSet Set) : RaftControlRecord;

    /// <summary>Any other control record: kept, without meaning to the core.</summary>
    public sealed record Other(short Type) : RaftControlRecord;
}
