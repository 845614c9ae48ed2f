using Moldau.Configuration;

namespace Moldau.Metadata;

/// <summary>What a set of configurations belongs to. The broker resource with the empty name holds the cluster-wide defaults.</summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>As in messages: <c>ConfigResource(type=TOPIC, name='x')</c>.</summary>
    public override string ToString() => $"ConfigResource(type={TypeName}, name='{Name}')";

    private string TypeName => Type switch
    {
        ConfigResourceType.Topic => "TOPIC",
        ConfigResourceType.Broker => "BROKER",
        ConfigResourceType.BrokerLogger => "BROKER_LOGGER",
        ConfigResourceType.ClientMetrics => "CLIENT_METRICS",
        ConfigResourceType.Group => "GROUP",
        _ => "UNKNOWN",
    };
}
