namespace Moldau.Client;

/// <summary>Where the value of a configuration comes from. The numbers are the protocol's.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>The broker does not tell.</summary>
    Unknown = 0,

    /// <summary>It was set for the topic.</summary>
    DynamicTopicConfig = 1,

    /// <summary>It was set for this broker, without touching its properties file.</summary>
    DynamicBrokerConfig = 2,

    /// <summary>It was set for all brokers.</summary>
    DynamicDefaultBrokerConfig = 3,

    /// <summary>It is in the properties that the broker was started with.</summary>
    StaticBrokerConfig = 4,

    /// <summary>Nobody has set it.</summary>
    DefaultConfig = 5,

    /// <summary>It was set for a logger of the broker (KIP-412).</summary>
    DynamicBrokerLoggerConfig = 6,

    /// <summary>It was set for the subscription (KIP-714).</summary>
    DynamicClientMetricsConfig = 7,

    /// <summary>It was set for the group (KIP-848).</summary>
    DynamicGroupConfig = 8,
}
