using System.Globalization;
using Moldau.Configuration;

namespace Moldau.Broker;

/// <summary>Configurations that belong to one node can be asked for and changed only there, as only it knows what its own values mean.</summary>
internal static class NodeResource
{
    /// <summary>Null, or why this node does not change the resource.</summary>
    public static string? WhyNotHere(sbyte resourceType, string name, int nodeId)
    {
        var isLogger = (ConfigResourceType)resourceType == ConfigResourceType.BrokerLogger;
        if (!isLogger && ((ConfigResourceType)resourceType != ConfigResourceType.Broker || name.Length == 0))
        {
            return null;
        }

        if (!int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
        {
            return $"Node id must be an integer, but it is: {name}";
        }

        return id == nodeId ? null
            : isLogger ? $"Unexpected node id. Expected {nodeId}, but received {name}"
            : $"Unexpected broker id, expected {nodeId}, but received {name}";
    }
}
