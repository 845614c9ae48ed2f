using System.Globalization;
using Moldau.Core;
using Moldau.Configuration;
using Moldau.Metadata;

namespace Moldau.Controller;

/// <summary>What the managers of topics and brokers read: an image together with the configuration that fills in what topics do not set.</summary>
public readonly record struct TopicView(MetadataImage Image, NodeConfiguration Node)
{
    /// <summary>The topic's min.insync.replicas, which cannot be more than it has replicas.</summary>
    public int EffectiveMinIsr(TopicImage topic)
    {
        int replicationFactor = topic.Partition(0)?.Replicas.Length ?? int.MaxValue;
        return Math.Min(int.Parse(Value(topic.Name, "min.insync.replicas"), CultureInfo.InvariantCulture), replicationFactor);
    }

    public bool IsUncleanElectionEnabled(string topic) =>
        Value(topic, "unclean.leader.election.enable").Trim().Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Where a replica starts on a broker: its only directory when it has just one, else to be chosen by the broker; unknown for brokers that do not tell.
    /// </summary>
    public Uuid DefaultDirectory(int brokerId)
    {
        BrokerRegistration? broker = Image.Cluster.Broker(brokerId);
        return broker is null || broker.Directories.Length == 0
            ? DirectoryId.Migrating
            : broker.Directories.Length == 1 ? broker.Directories[0] : DirectoryId.Unassigned;
    }

    /// <summary>The topic's own value, else that of all brokers, else the controller's static one or the default.</summary>
    private string Value(string topic, string key) =>
        Image.Configs.Value(ConfigResource.Topic(topic), key)
        ?? Image.Configs.Value(new(ConfigResourceType.Broker, ""), key)
        ?? Convert.ToString(Node.Value(key), CultureInfo.InvariantCulture)!.ToLowerInvariant();
}
