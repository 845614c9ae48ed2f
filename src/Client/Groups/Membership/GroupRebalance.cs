using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// One change of what a member has: what it has to give up, what was taken from it without asking, and what it gets, in that order. Immutable.
/// </summary>
internal sealed class GroupRebalance
{
    /// <summary>To be given up: what was done with them can still be committed.</summary>
    public IReadOnlyList<TopicPartition> Revoked { get; init; } = [];

    /// <summary>Taken away: others may have them already, and nothing can be committed.</summary>
    public IReadOnlyList<TopicPartition> Lost { get; init; } = [];

    /// <summary>Newly given.</summary>
    public IReadOnlyList<TopicPartition> Assigned { get; init; } = [];

    /// <summary>Whether the delegate for assignments is called also when nothing is new, as after each rebalance.</summary>
    public bool IsAssignment { get; init; }
}
