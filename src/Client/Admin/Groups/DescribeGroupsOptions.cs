namespace Moldau.Client;

/// <summary>What is told of groups. Immutable.</summary>
public sealed record DescribeGroupsOptions
{
    /// <summary>Whether it is told what this client may do with them.</summary>
    public bool IncludeAuthorizedOperations { get; init; }

    /// <summary>Whether a streams group's topology is told (KIP-1331; brokers from 4.4).</summary>
    public bool IncludeTopologyDescription { get; init; }
}
