namespace Moldau.Configuration;

/// <summary>What a configuration belongs to. The numbers are the resource types of the configuration APIs.</summary>
public enum ConfigResourceType : sbyte
{
    Unknown = 0,
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}
