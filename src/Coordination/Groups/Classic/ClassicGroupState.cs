namespace Moldau.Coordination;

/// <summary>The states of a classic group.</summary>
public enum ClassicGroupState
{
    /// <summary>No members; perhaps offsets.</summary>
    Empty,

    /// <summary>Members are joining: those that were there must join again.</summary>
    PreparingRebalance,

    /// <summary>All have joined; the leader's assignment is awaited.</summary>
    CompletingRebalance,

    /// <summary>Everybody has an assignment.</summary>
    Stable,

    /// <summary>Gone, or moved to another coordinator.</summary>
    Dead,
}
