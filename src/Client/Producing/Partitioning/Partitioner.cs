using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Chooses the partition of records that were given none. Called by the threads that send, several at once; it must not block. A result that is no partition of the topic
/// fails the send with <see cref="InvalidOperationException"/>.
/// </summary>
public abstract class Partitioner
{
    /// <summary>No preference: the record goes where batches fill best (KIP-794).</summary>
    public const int Any = -1;

    /// <summary>The same key, the same partition, as Java's clients hash it (murmur2); records without a key go where batches fill best. The default.</summary>
    public static Partitioner KeyHash { get; } = new KeyHashPartitioner();

    /// <summary>All records go where batches fill best; keys are not looked at (<c>partitioner.ignore.keys</c>).</summary>
    public static Partitioner Sticky { get; } = new CustomPartitioner(static (scoped in PartitionChoice _) => Any);

    /// <summary>A partition by chance for each record.</summary>
    public static Partitioner Random { get; } = new RandomPartitioner();

    /// <summary>One partition after the other, for each topic by itself. Keys are not looked at.</summary>
    public static Partitioner RoundRobin() => new RoundRobinPartitioner();

    /// <summary>A function of one's own.</summary>
    public static Partitioner Custom(PartitionChooser choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new CustomPartitioner(choose);
    }

    /// <summary>The partition that Java's clients choose for a key in a topic of so many partitions.</summary>
    public static int PartitionFor(ReadOnlySpan<byte> key, int partitionsCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitionsCount, 1);
        return Murmur2.PartitionFor(key, partitionsCount).Value;
    }

    /// <summary>The partition of one record, or <see cref="Any"/>.</summary>
    public abstract int Choose(scoped in PartitionChoice choice);
}
