namespace Moldau.Coordination;

/// <summary>How far a member of a consumer group is on its way to its target assignment; the numbers are those of its record.</summary>
public enum MemberState : sbyte
{
    /// <summary>It has its target of the epoch it is in.</summary>
    Stable = 0,

    /// <summary>It must give partitions up before it may enter the next epoch.</summary>
    UnrevokedPartitions = 1,

    /// <summary>It has entered the epoch, but some of its partitions are still with others.</summary>
    UnreleasedPartitions = 2,

    /// <summary>A state of a newer release: the member must give everything up and join again.</summary>
    Unknown = 127,
}
