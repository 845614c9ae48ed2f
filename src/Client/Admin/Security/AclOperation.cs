namespace Moldau.Client;

/// <summary>What one may be allowed to do. The numbers are the protocol's.</summary>
public enum AclOperation : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>In filters: all of them.</summary>
    Any = 1,

    /// <summary>Every operation on the resource.</summary>
    All = 2,

    /// <summary>Topics: to fetch. Groups: to be a member and to commit offsets. Implies <see cref="Describe"/>.</summary>
    Read = 3,

    /// <summary>Topics: to produce. Transactional ids: to use them. Implies <see cref="Describe"/>.</summary>
    Write = 4,

    /// <summary>Topics: to create them; on the cluster, to create any.</summary>
    Create = 5,

    /// <summary>Topics: to delete them and their records; on the cluster, to delete any topic. Groups: to delete them and their offsets. Implies <see cref="Describe"/>.</summary>
    Delete = 6,

    /// <summary>Topics: to add partitions. Cluster: to change ACLs, SCRAM users, features, voters, and where replicas are. Implies <see cref="Describe"/>.</summary>
    Alter = 7,

    /// <summary>To see the resource: metadata and offsets of topics, members and offsets of groups, the state of transactional ids, the nodes and ACLs of the cluster.</summary>
    Describe = 8,

    /// <summary>Cluster: what brokers and controllers do among themselves, to replicate for example.</summary>
    ClusterAction = 9,

    /// <summary>Topics, groups, and the cluster for its brokers and quotas: to read their configuration.</summary>
    DescribeConfigs = 10,

    /// <summary>Topics, groups, and the cluster for its brokers and quotas: to change their configuration. Implies <see cref="DescribeConfigs"/>.</summary>
    AlterConfigs = 11,

    /// <summary>Cluster: to produce idempotently. Brokers from 2.8 on need it no more: who may write to some topic may do that (KIP-679).</summary>
    IdempotentWrite = 12,

    /// <summary>Users: to create delegation tokens for them (KIP-373).</summary>
    CreateTokens = 13,

    /// <summary>Users: to see their delegation tokens (KIP-373).</summary>
    DescribeTokens = 14,

    /// <summary>Transactional ids: to have transactions that an outer coordinator decides, without a time-out (KIP-939).</summary>
    TwoPhaseCommit = 15,
}
