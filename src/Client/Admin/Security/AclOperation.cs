namespace Moldau.Client;

/// <summary>What one may be allowed to do. The numbers are the protocol's.</summary>
public enum AclOperation : sbyte
{
    Unknown = 0,

    /// <summary>In filters: all of them.</summary>
    Any = 1,
    All = 2,
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    ClusterAction = 9,
    DescribeConfigs = 10,
    AlterConfigs = 11,
    IdempotentWrite = 12,
    CreateTokens = 13,
    DescribeTokens = 14,
    TwoPhaseCommit = 15,
}
