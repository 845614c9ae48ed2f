namespace Moldau.Client;

/// <summary>Where the value of a configuration comes from. The numbers are the protocol's.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>The broker does not tell.</summary>
    Unknown = 0,
    DynamicTopicConfig = 1,
    DynamicBrokerConfig = 2,
    DynamicDefaultBrokerConfig = 3,
    StaticBrokerConfig = 4,
    DefaultConfig = 5,
    DynamicBrokerLoggerConfig = 6,
    DynamicClientMetricsConfig = 7,
    DynamicGroupConfig = 8,
}
