using Moldau.Core;

namespace Moldau.Cli;

/// <summary>Where a partition shall be: its brokers, and the directory in each.</summary>
internal sealed record ReassignmentEntry(TopicPartition Partition, IReadOnlyList<int> Replicas, IReadOnlyList<string> Directories)
{
    /// <summary>The broker chooses.</summary>
    public const string AnyDirectory = "any";
}
