namespace Moldau.Client;

/// <summary>What a consumer does with its place in the group when it is closed (KIP-1092).</summary>
public enum GroupMembershipOperation
{
    /// <summary>A dynamic member leaves; a static one stays, and has its partitions when it comes back within the session timeout.</summary>
    Default,

    /// <summary>Leaves, static or not: the others get the partitions at once.</summary>
    LeaveGroup,

    /// <summary>Stays until the session times out.</summary>
    RemainInGroup,
}
