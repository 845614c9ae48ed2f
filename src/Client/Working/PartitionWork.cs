using System.Text;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>What a worker has of one partition from its coming to its going. Under the worker's gate.</summary>
internal sealed class PartitionWork(TopicPartition partition)
{
    public TopicPartition Partition => partition;

    /// <summary>A number that other partitions hardly have.</summary>
    public ulong Lane { get; } = XxHash3.Hash(Encoding.UTF8.GetBytes(partition.ToString()));

    public OffsetTracker Offsets { get; } = new();

    /// <summary>How many of its records are with handlers.</summary>
    public int Running { get; set; }

    /// <summary>The partition is not ours any more: what is done is not committed, what waits is dropped.</summary>
    public bool IsGone { get; set; }

    /// <summary>What was committed last; -1 for nothing.</summary>
    public long CommittedOffset { get; set; } = -1;

    /// <summary>It waits until the first record of a retry topic is due.</summary>
    public bool IsHeld { get; set; }
}
