using System.Collections.Immutable;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Broker.Views;

/// <summary>A partition as the clients of one listener see it: which leader they can reach, which replicas are offline.</summary>
internal readonly ref struct PartitionView(MetadataImage image, string listener, PartitionRegistration partition)
{
    public const int NoLeader = -1;

    /// <summary>The leader's id when it is registered with this listener; else -1.</summary>
    public int LeaderId => image.Cluster.Broker(partition.Leader)?.Listener(listener) is null ? NoLeader : partition.Leader;

    /// <summary>Why there is no leader; None when there is one. Before Metadata v6 clients know no LISTENER_NOT_FOUND.</summary>
    public ErrorCode LeaderError(bool knowsListenerNotFound) =>
        LeaderId != NoLeader ? ErrorCode.None
        : image.Cluster.Broker(partition.Leader) is not null && knowsListenerNotFound ? ErrorCode.ListenerNotFound
        : ErrorCode.LeaderNotAvailable;

    /// <summary>Replicas on brokers that are fenced, gone, without this listener, or whose directory has failed.</summary>
    public List<BrokerId> OfflineReplicas()
    {
        List<BrokerId> offline = [];
        for (var i = 0; i < partition.Replicas.Length; i++)
        {
            var broker = image.Cluster.Broker(partition.Replicas[i]);
            if (broker is null || broker.Fenced || broker.Listener(listener) is null || !broker.HasOnlineDirectory(partition.Directories[i]))
            {
                offline.Add(partition.Replicas[i]);
            }
        }

        return offline;
    }

    /// <summary>The ids; for Metadata v0 without the brokers that this listener's clients cannot reach.</summary>
    public List<BrokerId> Ids(ImmutableArray<int> brokers, bool reachableOnly)
    {
        var ids = new List<BrokerId>(brokers.Length);
        foreach (var id in brokers)
        {
            if (!reachableOnly || (image.Cluster.Broker(id) is { Fenced: false } broker && broker.Listener(listener) is not null))
            {
                ids.Add(id);
            }
        }

        return ids;
    }
}
