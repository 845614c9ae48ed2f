namespace Moldau.Client;

/// <summary>How members of a classic group give partitions away when it rebalances (KIP-429).</summary>
public enum RebalanceProtocol
{
    /// <summary>Each member gives up all it has before it joins again.</summary>
    Eager,

    /// <summary>A member keeps what it has while it joins again, and gives up only what the leader took away.</summary>
    Cooperative,
}
