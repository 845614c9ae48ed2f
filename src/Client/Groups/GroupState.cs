namespace Moldau.Client;

/// <summary>What a group is about.</summary>
public enum GroupState
{
    /// <summary>The broker does not tell, or tells of one that this client does not know.</summary>
    Unknown,

    /// <summary>Classic groups: a rebalance has begun, and the coordinator waits for the members to join.</summary>
    PreparingRebalance,

    /// <summary>Classic groups: the members have joined, and wait for the assignment that the group's leader makes.</summary>
    CompletingRebalance,

    /// <summary>Each member has the partitions that are meant for it.</summary>
    Stable,

    /// <summary>There is no such group, or it is being removed.</summary>
    Dead,

    /// <summary>It has no members; it lives as long as it has offsets.</summary>
    Empty,

    /// <summary>Groups whose coordinator assigns (KIP-848): members or topics have changed, and the new assignment is not made yet.</summary>
    Assigning,

    /// <summary>Groups whose coordinator assigns (KIP-848): the assignment is made, and members are still giving up or taking over what it moves.</summary>
    Reconciling,

    /// <summary>Streams groups (KIP-1071): it has members, and something that its topology needs is not there, a source topic for example.</summary>
    NotReady,
}
