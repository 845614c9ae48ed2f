namespace Moldau.Client;

/// <summary>Which topics are listed. Immutable.</summary>
public sealed record ListTopicsOptions
{
    /// <summary>Whether the cluster's own topics are among them.</summary>
    public bool ListInternal { get; init; }
}
