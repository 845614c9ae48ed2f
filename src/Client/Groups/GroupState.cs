namespace Moldau.Client;

/// <summary>What a group is about.</summary>
public enum GroupState
{
    /// <summary>The broker does not tell, or tells of one that this client does not know.</summary>
    Unknown,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
    Dead,
    Empty,
    Assigning,
    Reconciling,
    NotReady,
}
