namespace Moldau.Client;

/// <summary>One thing that has a configuration. Immutable.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">Its name; a broker's id, or empty for what holds for all brokers.</param>
public sealed record ConfigResource(ConfigResourceType Type, string Name)
{
    internal bool IsDefault => Name.Length == 0;

    /// <summary>A topic.</summary>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>One broker, by its <c>node.id</c>.</summary>
    public static ConfigResource Broker(int id) => new(ConfigResourceType.Broker, $"{id}");

    /// <summary>What holds for all brokers of the cluster.</summary>
    public static ConfigResource AllBrokers() => new(ConfigResourceType.Broker, "");

    /// <summary>A group (KIP-848); brokers from 4.0.</summary>
    public static ConfigResource Group(string groupId) => new(ConfigResourceType.Group, groupId);

    /// <summary>Type and name, for messages: <c>Topic orders</c>.</summary>
    public override string ToString() => $"{Type} {(IsDefault ? "(default)" : Name)}";
}
