namespace Moldau.Coordination;

/// <summary>The epoch of a group's targets, and when they were computed, in milliseconds since the epoch; 0 when the next may come at once.</summary>
public readonly record struct TargetMetadata(int Epoch, long TimestampMs)
{
    /// <summary>Of a group without targets. Groups begin in epoch 1, so that their first members enter epoch 2.</summary>
    public static TargetMetadata Initial => new(1, 0);

    /// <summary>Of a group that is about to be deleted.</summary>
    public static TargetMetadata Deleted => new(-1, 0);
}
