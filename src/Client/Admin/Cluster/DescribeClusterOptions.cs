namespace Moldau.Client;

/// <summary>What is told of the cluster. Immutable.</summary>
public sealed record DescribeClusterOptions
{
    /// <summary>Whether it is told what this client may do with it.</summary>
    public bool IncludeAuthorizedOperations { get; init; }

    /// <summary>Whether brokers are among the nodes that are registered but fenced or down (KIP-1073; brokers from 4.0).</summary>
    public bool IncludeFencedBrokers { get; init; }
}
