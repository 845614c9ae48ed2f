using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Makes views out of metadata responses.</summary>
internal static class ViewBuilder
{
    /// <summary>The view after a response. A partition whose leader epoch is older than what is known keeps what is known: brokers hear of changes at different times (KIP-320).</summary>
    public static ClusterView Next(ClusterView last, MetadataResponse response)
    {
        var brokers = new Dictionary<int, BrokerView>(response.Brokers.Count);
        foreach (MetadataResponse.MetadataResponseBroker broker in response.Brokers)
        {
            brokers[broker.NodeId] = new BrokerView(broker.NodeId, broker.Host, broker.Port, broker.Rack);
        }

        var topics = new Dictionary<string, TopicView>(response.Topics.Count, StringComparer.Ordinal);
        var errors = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        foreach (MetadataResponse.MetadataResponseTopic topic in response.Topics)
        {
            if (topic.Name is not { } name)
            {
                continue;
            }

            if (topic.ErrorCode != ErrorCode.None || topic.Partitions.Count == 0)
            {
                errors[name] = topic.ErrorCode == ErrorCode.None ? ErrorCode.LeaderNotAvailable : topic.ErrorCode;
                continue;
            }

            topics[name] = Topic(name, topic, last.Topics.GetValueOrDefault(name));
        }

        return new ClusterView(response.ClusterId ?? last.ClusterId, response.ControllerId, brokers, topics, errors, last.Number + 1);
    }

    /// <summary>The view with another leader of one partition, and the broker that is it when it was not known.</summary>
    public static ClusterView WithLeader(ClusterView view, string topic, PartitionView partition, BrokerView? broker)
    {
        TopicView changed = view.Topics[topic];
        PartitionView[] partitions = [.. changed.Partitions];
        partitions[partition.Index] = partition;
        var topics = new Dictionary<string, TopicView>(view.Topics, StringComparer.Ordinal) { [topic] = changed with { Partitions = partitions } };
        IReadOnlyDictionary<int, BrokerView> brokers = broker is null ? view.Brokers : new Dictionary<int, BrokerView>(view.Brokers) { [broker.Id] = broker };
        return new ClusterView(view.ClusterId, view.ControllerId, brokers, topics, view.TopicErrors, view.Number + 1);
    }

    private static TopicView Topic(string name, MetadataResponse.MetadataResponseTopic topic, TopicView? last)
    {
        bool isSame = last is not null && last.Id == topic.TopicId;
        var partitions = new PartitionView[topic.Partitions.Max(partition => partition.PartitionIndex) + 1];
        foreach (MetadataResponse.MetadataResponsePartition partition in topic.Partitions)
        {
            int index = partition.PartitionIndex;
            PartitionView? known = isSame && index < last!.Partitions.Length ? last.Partitions[index] : null;
            partitions[index] = known is not null && known.LeaderEpoch > partition.LeaderEpoch && partition.LeaderEpoch >= 0 ? known : Partition(partition);
        }

        for (int i = 0; i < partitions.Length; i++)
        {
            partitions[i] ??= new PartitionView(i, -1, -1, [], [], [], ErrorCode.UnknownTopicOrPartition);
        }

        return new TopicView(name, topic.TopicId, topic.IsInternal, partitions);
    }

    private static PartitionView Partition(MetadataResponse.MetadataResponsePartition partition) => new(
        partition.PartitionIndex,
        partition.LeaderId,
        partition.LeaderEpoch,
        Ids(partition.ReplicaNodes),
        Ids(partition.IsrNodes),
        Ids(partition.OfflineReplicas),
        partition.ErrorCode);

    private static int[] Ids(List<BrokerId> brokers)
    {
        int[] ids = new int[brokers.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = brokers[i];
        }

        return ids;
    }
}
