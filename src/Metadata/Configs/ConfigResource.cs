using Moldau.Configuration;
using Moldau.Core;

namespace Moldau.Metadata;

/// <summary>What a set of configurations belongs to. The broker resource with the empty name holds the cluster-wide defaults.</summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>As in messages: <c>ConfigResource(type=TOPIC, name='x')</c>.</summary>
    public override string ToString() => $"ConfigResource(type={TypeName}, name='{Name}')";

    public bool Equals(ConfigResource other) => Type == other.Type && string.Equals(Name, other.Name, StringComparison.Ordinal);

    public override int GetHashCode() => (IdentifierHash.Of(Name) * 31) + (int)Type;

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
