namespace Moldau.Security;

/// <summary>What a principal may do something to; Kafka's codes.</summary>
public enum ResourceType : sbyte
{
    Unknown = 0,

    /// <summary>In a filter: each type.</summary>
    Any = 1,
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
    DelegationToken = 6,
    User = 7,
}
