namespace Moldau.Raft;

/// <summary>How a follower's position relates to the leader's log.</summary>
public enum LogPosition
{
    /// <summary>The follower's log is a prefix of the leader's.</summary>
    Valid,

    /// <summary>The follower has records that the leader has not, or of other epochs: it must truncate.</summary>
    Diverging,

    /// <summary>What the follower needs next is only in the leader's snapshot.</summary>
    NeedsSnapshot,
}
