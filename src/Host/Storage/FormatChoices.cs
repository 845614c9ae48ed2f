namespace Moldau.Host;

/// <summary>The options of <c>storage format</c>, each as Apache Kafka's tool has it.</summary>
internal sealed record FormatChoices
{
    public bool Standalone { get; init; }

    public string? InitialControllers { get; init; }

    public bool NoInitialControllers { get; init; }

    public bool IgnoreFormatted { get; init; }

    public IReadOnlyList<string> Scram { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, short>> Features { get; init; } = [];

    public string? ReleaseVersion { get; init; }
}
