namespace Moldau.Cli;

/// <summary>A broker of the cluster.</summary>
internal sealed record BrokerFacts
{
    public required int Id { get; init; }

    public string? Rack { get; init; }

    public bool IsFenced { get; init; }

    /// <summary>What it can speak, as one text that is the same for brokers of the same release; null when it did not answer.</summary>
    public string? Release { get; init; }

    public IReadOnlyDictionary<string, string> Configuration { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<LogDirectoryFacts> LogDirectories { get; init; } = [];

    /// <summary>Why it did not answer; null when it did.</summary>
    public string? Unreachable { get; init; }
}
