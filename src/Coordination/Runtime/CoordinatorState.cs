namespace Moldau.Coordination;

/// <summary>The life of a shard in the runtime.</summary>
public enum CoordinatorState
{
    /// <summary>Known, not begun.</summary>
    Initial,

    /// <summary>Its log is replayed: COORDINATOR_LOAD_IN_PROGRESS.</summary>
    Loading,

    /// <summary>It takes operations.</summary>
    Active,

    /// <summary>Another node leads the partition: NOT_COORDINATOR.</summary>
    Closed,

    /// <summary>Its log could not be loaded: NOT_COORDINATOR until the next epoch.</summary>
    Failed,
}
