using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Where a partition shall be: its brokers, and the directory in each.</summary>
internal sealed record ReassignmentEntry(TopicPartition Partition, IReadOnlyList<int> Replicas, IReadOnlyList<string> Directories)
{
    /// <summary>The broker chooses.</summary>
    public const string AnyDirectory = "any";

    /// <summary>On these brokers, in whichever directory.</summary>
    public static ReassignmentEntry Anywhere(TopicPartition partition, IReadOnlyList<int> replicas) => new(partition, replicas, [.. replicas.Select(_ => AnyDirectory)]);

    /// <summary>The replicas for which a directory was named.</summary>
    public IEnumerable<KeyValuePair<TopicPartitionReplica, string>> Directed => Replicas
        .Zip(Directories, (broker, directory) => KeyValuePair.Create(new TopicPartitionReplica(Partition, broker), directory))
        .Where(replica => replica.Value != AnyDirectory);
}
