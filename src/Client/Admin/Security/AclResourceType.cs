using Moldau.Core;

namespace Moldau.Client;

/// <summary>What an ACL is about. The numbers are the protocol's.</summary>
public enum AclResourceType : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>In filters: all of them.</summary>
    Any = 1,

    /// <summary>A topic, by its name.</summary>
    Topic = 2,

    /// <summary>A group of any kind, by its id.</summary>
    Group = 3,

    /// <summary>The cluster as a whole; its name is always <c>kafka-cluster</c>.</summary>
    Cluster = 4,

    /// <summary>A transactional id.</summary>
    TransactionalId = 5,

    /// <summary>A delegation token, by its id (KIP-48).</summary>
    DelegationToken = 6,

    /// <summary>A user that tokens are made for, as <c>User:NAME</c> (KIP-373).</summary>
    User = 7,
}
