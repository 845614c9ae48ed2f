using Moldau.Core;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>The partitions that a member says it has. Reads a request; used while it is handled.</summary>
public static class OwnedPartitions
{
    /// <summary>What a heartbeat lists; null when it lists nothing because nothing changed.</summary>
    public static PartitionSet? Of(List<ConsumerGroupHeartbeatRequest.TopicPartitionsData>? topics)
    {
        if (topics is null)
        {
            return null;
        }

        var owned = new PartitionSetBuilder();
        foreach (var topic in topics)
        {
            foreach (var partition in topic.Partitions)
            {
                owned.Add(topic.TopicId, partition);
            }
        }

        return owned.Build();
    }

    /// <summary>Whether the first has any partition of the second.</summary>
    public static bool Overlap(PartitionSet owned, PartitionSet other)
    {
        foreach (var topic in owned.Topics)
        {
            foreach (var partition in owned.Of(topic))
            {
                if (other.Contains(topic, partition))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether all of the first is in the second.</summary>
    public static bool IsSubset(PartitionSet owned, PartitionSet of)
    {
        foreach (var topic in owned.Topics)
        {
            foreach (var partition in owned.Of(topic))
            {
                if (!of.Contains(topic, partition))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
