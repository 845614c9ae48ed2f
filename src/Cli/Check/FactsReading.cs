using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Gathers what <c>moldau check</c> looks at. What one user may not see, or one broker does not tell, is noted, and the rest is looked at all the same.</summary>
internal sealed class FactsReading
{
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMinutes(15);

    private readonly Session _session;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _notSeen = [];

    private FactsReading(Session session, CancellationToken cancellation) => (_session, _cancellation) = (session, cancellation);

    public static Task<ClusterFacts> ReadAsync(Session session, CancellationToken cancellationToken) => new FactsReading(session, cancellationToken).ReadAsync();

    private async Task<ClusterFacts> ReadAsync()
    {
        ClusterDescription cluster = await _session.Admin.DescribeClusterAsync(new DescribeClusterOptions { IncludeFencedBrokers = true }, _cancellation);
        IReadOnlyList<TopicDescription> topics = await TopicReading.DescribeAsync(_session, [], withInternal: true, _cancellation);
        IReadOnlyDictionary<string, Config> configs = await Seen("the configurations of topics", () => TopicReading.ConfigsAsync(_session, topics.Select(topic => topic.Name), _cancellation), new Dictionary<string, Config>());
        return new ClusterFacts
        {
            Brokers = await BrokersAsync(cluster),
            Topics = [.. topics.Select(topic => Topic(topic, configs.GetValueOrDefault(topic.Name)))],
            Groups = await GroupsAsync(),
            Hanging = await Seen("hanging transactions", () => HangingTransactions.FindAsync(_session, Partitions(topics), LongestTransaction, _cancellation), []),
            Quorum = await Seen<QuorumFacts?>("the quorum", QuorumAsync, null),
            NotSeen = _notSeen,
        };
    }

    private static List<TopicPartition> Partitions(IReadOnlyList<TopicDescription> topics) =>
        [.. topics.SelectMany(topic => topic.Partitions.Where(partition => partition.Leader is not null).Select(partition => new TopicPartition(topic.Name, partition.Partition)))];

    private static TopicFacts Topic(TopicDescription topic, Config? config) => new()
    {
        Name = topic.Name,
        IsInternal = topic.IsInternal,
        Partitions = [.. topic.Partitions.Select(partition => new PartitionFacts(partition.Partition, partition.Leader ?? -1, partition.Replicas, partition.InSyncReplicas))],
        Configuration = Values(config),
    };

    private static Dictionary<string, string> Values(Config? config) =>
        config?.Entries.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Name, entry => entry.Value!) ?? [];

    private async Task<IReadOnlyList<BrokerFacts>> BrokersAsync(ClusterDescription cluster)
    {
        int[] live = [.. cluster.Nodes.Where(node => !node.IsFenced).Select(node => node.Id)];
        var directories = await LogDirReading.AllAsync(_session, live, _cancellation);
        var configs = await _session.Admin.DescribeConfigsAsync(live.Select(ConfigResource.Broker), null, _cancellation);
        var brokers = new List<BrokerFacts>();
        foreach (Node node in cluster.Nodes)
        {
            var known = directories.GetValueOrDefault(node.Id);
            brokers.Add(new BrokerFacts
            {
                Id = node.Id,
                Rack = node.Rack,
                IsFenced = node.IsFenced,
                Unreachable = known?.Error is DisconnectedException or { InnerException: DisconnectedException } ? known.Error.Message : null,
                Release = node.IsFenced ? null : await Seen<string?>($"the features of broker {node.Id}", () => ReleaseAsync(node.Id), null),
                Configuration = Values(configs.GetValueOrDefault(ConfigResource.Broker(node.Id))?.ValueOrDefault),
                LogDirectories = known?.ValueOrDefault is { } found
                    ? [.. found.Values.Select(directory => new LogDirectoryFacts(directory.Path, directory.Error?.Message, directory.TotalBytes, directory.UsableBytes))]
                    : [],
            });
        }

        return brokers;
    }

    /// <summary>Brokers of one release know the same levels of metadata.</summary>
    private async Task<string?> ReleaseAsync(int node)
    {
        FeatureMetadata features = await _session.Admin.DescribeFeaturesAsync(node, _cancellation);
        return features.SupportedFeatures.TryGetValue("metadata.version", out FeatureVersions? versions) ? $"metadata.version up to {versions.MaxVersion}" : null;
    }

    private async Task<IReadOnlyList<GroupFacts>> GroupsAsync()
    {
        var facts = new List<GroupFacts>();
        foreach (GroupListing listing in await Seen<IReadOnlyList<GroupListing>>("the groups", () => _session.Admin.ListGroupsAsync(null, _cancellation), []))
        {
            GroupFacts? group = await Seen<GroupFacts?>($"group {listing.GroupId}", () => GroupAsync(listing), null);
            if (group is not null)
            {
                facts.Add(group);
            }
        }

        return facts;
    }

    private async Task<GroupFacts?> GroupAsync(GroupListing listing)
    {
        GroupPicture group = await GroupReading.DescribeAsync(_session, listing, _cancellation);
        IReadOnlyList<GroupLag> lags = await GroupReading.LagAsync(_session, group, _cancellation);
        GroupLag? worst = lags.MaxBy(lag => lag.Lag ?? 0);
        return new GroupFacts(group.GroupId, group.Type.ToString(), group.State.ToString(), group.Members.Count, lags.Sum(lag => lag.Lag ?? 0), worst?.Partition.ToString());
    }

    private async Task<QuorumFacts?> QuorumAsync()
    {
        QuorumInfo quorum = await _session.Admin.DescribeMetadataQuorumAsync(_cancellation);
        long end = quorum.Voters.FirstOrDefault(voter => voter.ReplicaId == quorum.LeaderId)?.LogEndOffset ?? quorum.HighWatermark;
        // Of the leader this is the time at which it answered: both are of its own clock.
        DateTimeOffset? now = quorum.Voters.FirstOrDefault(voter => voter.ReplicaId == quorum.LeaderId)?.LastFetchTimestamp;
        long? Silence(QuorumReplicaState voter) => voter.LogEndOffset < 0 ? null : now is { } leader && voter.LastFetchTimestamp is { } fetch ? (long)(leader - fetch).TotalMilliseconds : 0;
        return new QuorumFacts(quorum.LeaderId, [.. quorum.Voters.Select(voter => (voter.ReplicaId, Math.Max(0, end - voter.LogEndOffset), Silence(voter)))]);
    }

    /// <summary>The answer, or what stands for it and a note of why there is none.</summary>
    private async Task<T> Seen<T>(string what, Func<Task<T>> read, T otherwise)
    {
        try
        {
            return await read();
        }
        catch (KafkaException failure)
        {
            _notSeen.Add($"{what} could not be read: {failure.Message}");
            return otherwise;
        }
    }
}
