namespace Moldau.Client;

/// <content>What the view of the cluster says of the partitions, and how busy they are.</content>
internal sealed partial class Sender
{
    /// <summary>How often queue lengths are weighed, in ms: often enough to follow a slow broker, too seldom to be felt.</summary>
    private const long LoadPeriodMs = 10;

    private long _nextLoadMs;

    /// <summary>Takes over leaders from the view, when it has changed or a topic is new.</summary>
    private void UpdateLeaders()
    {
        ClusterView view = _cluster.View;
        if (view.Number != _viewNumber)
        {
            _viewNumber = view.Number;
            foreach (TopicQueues topic in _accumulator.Topics)
            {
                Apply(view, topic);
            }
        }

        foreach (PartitionQueue queue in _active)
        {
            if (queue.LeaderId < 0)
            {
                Apply(view, queue.Topic);
            }
        }
    }

    private static void Apply(ClusterView view, TopicQueues topic)
    {
        if (!view.Topics.TryGetValue(topic.Name, out TopicView? known))
        {
            return;
        }

        bool isOther = topic.Id != known.Id;
        topic.Id = known.Id;
        topic.Grow(known.Partitions.Length);
        var available = new List<int>(known.Partitions.Length);
        foreach (PartitionView partition in known.Partitions)
        {
            PartitionQueue queue = topic.Partitions[partition.Index];
            if (isOther || queue.LeaderId < 0 || partition.LeaderEpoch < 0 || partition.LeaderEpoch >= queue.LeaderEpoch)
            {
                (queue.LeaderId, queue.LeaderEpoch) = (partition.Leader, partition.LeaderEpoch);
            }

            if (queue.LeaderId >= 0)
            {
                available.Add(partition.Index);
            }
        }

        topic.Sticky.Available = [.. available];
    }

    /// <summary>Tells each topic's partitioner how long the queues are (KIP-794).</summary>
    private void UpdateLoad(long nowMs)
    {
        if (!_accumulator.Settings.IsAdaptive || nowMs < _nextLoadMs)
        {
            return;
        }

        _nextLoadMs = nowMs + LoadPeriodMs;
        foreach (TopicQueues topic in _accumulator.Topics)
        {
            if (topic.Partitions.Length > 1)
            {
                topic.Sticky.Load = LoadOf(topic.Partitions);
            }
        }
    }

    private PartitionLoad? LoadOf(PartitionQueue[] queues)
    {
        Span<int> lengths = queues.Length <= 256 ? stackalloc int[queues.Length] : new int[queues.Length];
        Span<int> partitions = queues.Length <= 256 ? stackalloc int[queues.Length] : new int[queues.Length];
        int count = 0;
        foreach (PartitionQueue queue in queues)
        {
            if (queue.LeaderId >= 0 && !IsUnavailable(queue.LeaderId))
            {
                lengths[count] = queue.QueueLength;
                partitions[count++] = queue.Partition;
            }
        }

        return PartitionLoad.Of(lengths[..count], partitions[..count], queues.Length);
    }

    private bool IsUnavailable(int leader) =>
        _settings.AvailabilityTimeoutMs > 0 && _nodes.TryGetValue(leader, out NodeState? node) && node.ReadyMs - node.DrainMs > _settings.AvailabilityTimeoutMs;
}
