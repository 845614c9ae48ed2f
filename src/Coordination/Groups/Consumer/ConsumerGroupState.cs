namespace Moldau.Coordination;

/// <summary>The state of a consumer group, as it is listed and described.</summary>
public enum ConsumerGroupState
{
    Empty,

    /// <summary>Its targets are of an older epoch than the group.</summary>
    Assigning,

    /// <summary>Not all members have reached their targets.</summary>
    Reconciling,

    Stable,
}
