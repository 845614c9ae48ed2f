namespace Moldau.Client;

/// <summary>How far a group has got in a partition: the offset of the next record. Immutable.</summary>
public sealed record CommittedOffset(long Offset)
{
    /// <summary>The leader epoch of the record before, or null when not known.</summary>
    public int? LeaderEpoch { get; init; }

    /// <summary>A note that the application keeps with it.</summary>
    public string Metadata { get; init; } = "";
}
