namespace Moldau.Client;

/// <summary>What a worker reads, how many records it handles at once, and what it does with those that fail. Immutable.</summary>
public sealed record WorkerOptions
{
    /// <summary>How it reads; <see cref="ConsumerOptions.GroupId"/> must be set. Commits are the worker's.</summary>
    public required ConsumerOptions Consumer { get; init; }

    /// <summary>The topics.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>How records are put aside; null takes the servers and the security of <see cref="Consumer"/>.</summary>
    public ProducerOptions? Producer { get; init; }

    /// <summary>How many records are with handlers at the same time; at least 1.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>Which records do not overtake one another.</summary>
    public WorkOrder Order { get; init; } = WorkOrder.Key;

    /// <summary>How many records are held here at most, about: more are not fetched until there is room.</summary>
    public int BufferedMax { get; init; } = 2000;

    /// <summary>What is done with records that fail.</summary>
    public RetryOptions Retries { get; init; } = new();

    /// <summary>How often what is done is committed; it is at the end and before partitions go, too.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end, and a rebalance, wait for handlers that are at work.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
