namespace Moldau.Client;

/// <summary>What can be configured. The numbers are the protocol's.</summary>
public enum ConfigResourceType : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>A topic, by its name.</summary>
    Topic = 2,

    /// <summary>A broker, by its id; with an empty name what holds for all brokers.</summary>
    Broker = 4,

    /// <summary>The levels of a broker's loggers, by its id (KIP-412).</summary>
    BrokerLogger = 8,

    /// <summary>A subscription to metrics of clients, by its name (KIP-714).</summary>
    ClientMetrics = 16,

    /// <summary>A group, by its id (KIP-848).</summary>
    Group = 32,
}
