using System.Globalization;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>
/// Bounds what moves take of network and disks, as kafka-reassign-partitions does: a rate at each broker that takes part, and at each topic the list of the replicas that it holds for. Nothing takes
/// them away by itself: verify and cancel do.
/// </summary>
internal static class ReassignThrottle
{
    /// <summary>What Kafka's tool calls too little to ever end.</summary>
    public const long LeastBytesPerSecond = 1024;

    private const string LeaderRate = "leader.replication.throttled.rate";
    private const string FollowerRate = "follower.replication.throttled.rate";
    private const string DirectoryRate = "replica.alter.log.dirs.io.max.bytes.per.second";
    private const string LeaderReplicas = "leader.replication.throttled.replicas";
    private const string FollowerReplicas = "follower.replication.throttled.replicas";

    /// <summary>What a plan moves, together with what moves already. Pure.</summary>
    /// <param name="plan">Where partitions shall be.</param>
    /// <param name="current">Where those of the plan are.</param>
    /// <param name="moving">The moves of the cluster that go on.</param>
    public static IReadOnlyList<ReplicaMove> Moves(
        IReadOnlyList<ReassignmentEntry> plan, IReadOnlyDictionary<TopicPartition, IReadOnlyList<int>> current, IReadOnlyDictionary<TopicPartition, PartitionReassignment> moving)
    {
        var sources = moving.ToDictionary(move => move.Key, move => (IReadOnlyList<int>)[.. move.Value.Replicas.Except(move.Value.AddingReplicas)]);
        Dictionary<TopicPartition, ReplicaMove> moves = moving.ToDictionary(move => move.Key, move => new ReplicaMove(move.Key, sources[move.Key], move.Value.AddingReplicas));
        foreach (ReassignmentEntry entry in plan)
        {
            IReadOnlyList<int> from = sources.GetValueOrDefault(entry.Partition) ?? current[entry.Partition];
            moves[entry.Partition] = new ReplicaMove(entry.Partition, from, [.. entry.Replicas.Except(from)]);
        }

        return [.. moves.Values.Where(move => move.Destinations.Count > 0).OrderBy(move => move.Partition.Topic.Value, StringComparer.Ordinal).ThenBy(move => move.Partition.Partition.Value)];
    }

    /// <summary>The changes of configuration that bound moves between brokers. Pure.</summary>
    public static Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> BetweenBrokers(IReadOnlyList<ReplicaMove> moves, long bytesPerSecond)
    {
        string rate = bytesPerSecond.ToString(CultureInfo.InvariantCulture);
        var changes = new Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>>();
        foreach (IGrouping<string, ReplicaMove> topic in moves.GroupBy(move => move.Partition.Topic.Value))
        {
            changes[ConfigResource.Topic(topic.Key)] =
            [
                AlterConfigOp.Set(LeaderReplicas, Replicas(topic, move => move.Sources)),
                AlterConfigOp.Set(FollowerReplicas, Replicas(topic, move => move.Destinations)),
            ];
        }

        foreach (int broker in moves.SelectMany(move => move.Sources.Concat(move.Destinations)).Distinct().Order())
        {
            changes[ConfigResource.Broker(broker)] = [AlterConfigOp.Set(LeaderRate, rate), AlterConfigOp.Set(FollowerRate, rate)];
        }

        return changes;
    }

    /// <summary>The changes of configuration that bound moves between the directories of brokers. Pure.</summary>
    public static Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> BetweenDirectories(IEnumerable<int> brokers, long bytesPerSecond) =>
        brokers.Distinct().ToDictionary(ConfigResource.Broker, _ => (IReadOnlyCollection<AlterConfigOp>)[AlterConfigOp.Set(DirectoryRate, bytesPerSecond.ToString(CultureInfo.InvariantCulture))]);

    /// <summary>Makes the changes.</summary>
    /// <exception cref="CliException">One was refused: nothing must move then.</exception>
    public static async Task SetAsync(Session session, Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> changes, CancellationToken cancellationToken)
    {
        foreach ((ConfigResource resource, AdminResult result) in await session.Admin.IncrementalAlterConfigsAsync(changes, null, cancellationToken))
        {
            if (result.Error is { } error)
            {
                throw CliException.Failed($"the throttle of {resource} could not be set, and nothing was moved: {error.Message}", Failures.NextStep(error.Code) ?? "without --throttle the moves take what they can get");
            }
        }
    }

    /// <summary>Takes throttles away from the brokers and from topics, and says from which.</summary>
    /// <exception cref="CliException">One stayed.</exception>
    public static async Task ClearAsync(Session session, IReadOnlyCollection<ReassignmentEntry> plan, CancellationToken cancellationToken)
    {
        ClusterDescription cluster = await session.Admin.DescribeClusterAsync(null, cancellationToken);
        ConfigResource[] places =
        [
            .. cluster.Nodes.Select(node => node.Id).Concat(plan.SelectMany(entry => entry.Replicas)).Distinct().Order().Select(ConfigResource.Broker),
            .. plan.Select(entry => entry.Partition.Topic.Value).Distinct(StringComparer.Ordinal).Select(ConfigResource.Topic),
        ];
        var configs = await session.Admin.DescribeConfigsAsync(places, null, cancellationToken);
        var changes = new Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>>();
        foreach (ConfigResource place in places)
        {
            string[] keys = place.Type == ConfigResourceType.Topic ? [LeaderReplicas, FollowerReplicas] : [LeaderRate, FollowerRate, DirectoryRate];
            // A broker that does not answer may have one: the controller takes it from it all the same.
            string[] set = [.. keys.Where(key => configs[place].ValueOrDefault is not { } config || config.Get(key) is { Source: ConfigSource.DynamicTopicConfig or ConfigSource.DynamicBrokerConfig })];
            if (set.Length > 0 && (place.Type == ConfigResourceType.Broker || configs[place].IsSuccess))
            {
                changes[place] = [.. set.Select(AlterConfigOp.Delete)];
            }
        }

        if (changes.Count == 0)
        {
            return;
        }

        var results = await session.Admin.IncrementalAlterConfigsAsync(changes, null, cancellationToken);
        if (results.FirstOrDefault(result => !result.Value.IsSuccess) is { Value.Error: { } error, Key: { } kept })
        {
            throw CliException.Failed($"the throttle of {kept} is still there: {error.Message}", $"moldau configs alter with --delete-config takes it away: {LeaderRate}, {FollowerRate}, {LeaderReplicas}, {FollowerReplicas}");
        }

        session.Report.Note($"throttles are gone from {string.Join(", ", changes.Keys)}");
    }

    private static string Replicas(IEnumerable<ReplicaMove> moves, Func<ReplicaMove, IReadOnlyList<int>> brokers) =>
        string.Join(",", moves.SelectMany(move => brokers(move).Select(broker => string.Create(CultureInfo.InvariantCulture, $"{move.Partition.Partition.Value}:{broker}"))));
}
