using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>What is known of the cluster at one time. Immutable; safe from any thread.</summary>
internal sealed class ClusterView
{
    private readonly Dictionary<Uuid, TopicView> _byId;

    public ClusterView(string? clusterId, int controllerId, IReadOnlyDictionary<int, BrokerView> brokers, IReadOnlyDictionary<string, TopicView> topics, IReadOnlyDictionary<string, ErrorCode> topicErrors, long number)
    {
        ClusterId = clusterId;
        ControllerId = controllerId;
        Brokers = brokers;
        Topics = topics;
        TopicErrors = topicErrors;
        Number = number;
        _byId = new Dictionary<Uuid, TopicView>(topics.Count);
        foreach (TopicView topic in topics.Values)
        {
            if (!topic.Id.IsZero)
            {
                _byId[topic.Id] = topic;
            }
        }
    }

    /// <summary>Nothing is known yet.</summary>
    public static ClusterView Empty { get; } = new(null, -1, new Dictionary<int, BrokerView>(), new Dictionary<string, TopicView>(), new Dictionary<string, ErrorCode>(), 0);

    public string? ClusterId { get; }

    /// <summary>The broker that takes requests for the controller; -1 when not known.</summary>
    public int ControllerId { get; }

    public IReadOnlyDictionary<int, BrokerView> Brokers { get; }

    public IReadOnlyDictionary<string, TopicView> Topics { get; }

    /// <summary>Why topics that were asked for are not in the view.</summary>
    public IReadOnlyDictionary<string, ErrorCode> TopicErrors { get; }

    /// <summary>Grows with each view.</summary>
    public long Number { get; }

    /// <summary>The topic with this id; null when it is not known.</summary>
    public TopicView? Find(Uuid id) => _byId.GetValueOrDefault(id);

    /// <summary>The partition; null when it is not known.</summary>
    public PartitionView? Find(string topic, int partition) =>
        Topics.TryGetValue(topic, out TopicView? found) && (uint)partition < (uint)found.Partitions.Length ? found.Partitions[partition] : null;
}
