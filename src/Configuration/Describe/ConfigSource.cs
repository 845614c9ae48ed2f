namespace Moldau.Configuration;

/// <summary>Where a value comes from. The numbers are the sources of DescribeConfigs.</summary>
public enum ConfigSource : sbyte
{
    Unknown = 0,
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    DynamicBrokerLogger = 6,
    ClientMetrics = 7,
    Group = 8,
}
