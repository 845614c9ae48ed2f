namespace Moldau.Client;

/// <summary>What is told of configurations. Immutable.</summary>
public sealed record DescribeConfigsOptions
{
    /// <summary>Only these keys; null for all.</summary>
    public IReadOnlyCollection<string>? Names { get; init; }

    /// <summary>Whether the values behind the one that holds are told.</summary>
    public bool IncludeSynonyms { get; init; }

    /// <summary>Whether it is told what each key does (KIP-569).</summary>
    public bool IncludeDocumentation { get; init; }
}
