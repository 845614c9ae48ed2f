namespace Moldau.Cli;

/// <summary>What is read, from where to where. Immutable.</summary>
internal sealed record RecordSource
{
    /// <summary>Names; of a group also patterns, which begin with ^.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>One partition of each; null for all.</summary>
    public int? Partition { get; init; }

    /// <summary>Whether the partitions come from the group, and not all of them at once.</summary>
    public bool IsMember { get; init; }

    public required StartPosition Start { get; init; }

    /// <summary>End after so many records.</summary>
    public long? Count { get; init; }

    /// <summary>End when all is read that was there at the beginning.</summary>
    public bool ExitsAtEnd { get; init; }

    /// <summary>End when no record has come for so long.</summary>
    public TimeSpan? IdleTimeout { get; init; }
}
