using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>How topics are described. Immutable.</summary>
public sealed record DescribeTopicsOptions
{
    /// <summary>Whether it is told what this client may do with them.</summary>
    public bool IncludeAuthorizedOperations { get; init; }

    /// <summary>How many partitions one response may hold (KIP-966); more are asked for in further requests.</summary>
    public int PartitionSizeLimitPerResponse { get; init; } = 2000;
}
