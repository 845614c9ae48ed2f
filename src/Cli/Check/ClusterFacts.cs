namespace Moldau.Cli;

/// <summary>All that <c>moldau check</c> looks at, gathered once. What could not be read is named in <see cref="NotSeen"/>. Immutable.</summary>
internal sealed record ClusterFacts
{
    public required IReadOnlyList<BrokerFacts> Brokers { get; init; }

    public required IReadOnlyList<TopicFacts> Topics { get; init; }

    public IReadOnlyList<GroupFacts> Groups { get; init; } = [];

    public IReadOnlyList<HangingTransactionFacts> Hanging { get; init; } = [];

    /// <summary>Null when nobody told.</summary>
    public QuorumFacts? Quorum { get; init; }

    /// <summary>What could not be looked at, and why.</summary>
    public IReadOnlyList<string> NotSeen { get; init; } = [];
}
