namespace Moldau.Raft;

/// <summary>What a replica of the metadata log is doing (KIP-595, KIP-996). Whether it votes is told apart by the voter set: an observer is an Unattached
/// or Follower replica outside of it.</summary>
public enum RaftRole
{
    /// <summary>Knows no leader of its epoch.</summary>
    Unattached,

    /// <summary>Asks whether it could win, without touching anyone's epoch or vote.</summary>
    Prospective,

    /// <summary>Voted for itself in a new epoch and asks for votes.</summary>
    Candidate,

    /// <summary>Fetches from the leader.</summary>
    Follower,

    /// <summary>Appends, and serves fetches.</summary>
    Leader,

    /// <summary>Was leader of this epoch and gave it up.</summary>
    Resigned,
}
