namespace Moldau.Coordination;

/// <summary>What a heartbeat did to a member's pattern.</summary>
internal enum PatternChange
{
    None,

    /// <summary>It has another pattern, whose topics are not known yet.</summary>
    Updated,

    /// <summary>It has another pattern whose topics are known, or none any more: the group can be assigned anew.</summary>
    Resolved,
}
