using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Partitions that a member has, each with the epoch of the assignment that gave it: a commit of an older epoch is a zombie's, one of that epoch or a
/// later one is the owner's though it has not heard of the member's newest epoch yet (KAFKA-19862). Immutable; any thread.
/// </summary>
public sealed class PartitionEpochs : IEquatable<PartitionEpochs>
{
    public static readonly PartitionEpochs Empty = new(PartitionSet.Empty, []);

    private readonly int[][] _epochs;

    /// <summary>Takes the array over: for each topic and partition of the set, in its order, an epoch.</summary>
    internal PartitionEpochs(PartitionSet partitions, int[][] epochs)
    {
        Partitions = partitions;
        _epochs = epochs;
    }

    public PartitionSet Partitions { get; }

    public bool IsEmpty => Partitions.IsEmpty;

    /// <summary>All partitions with one epoch.</summary>
    public static PartitionEpochs Of(PartitionSet partitions, int epoch)
    {
        var epochs = new int[partitions.Topics.Count][];
        for (var i = 0; i < epochs.Length; i++)
        {
            epochs[i] = new int[partitions.At(i).Length];
            Array.Fill(epochs[i], epoch);
        }

        return new PartitionEpochs(partitions, epochs);
    }

    /// <summary>The epoch of the assignment that gave the partition; null when the member does not have it.</summary>
    public int? EpochOf(Uuid topic, int partition) => Partitions.Find(topic, partition) is (var at, >= 0 and var place) ? _epochs[at][place] : null;

    /// <summary>The epochs of the topic at that place of the set's topics.</summary>
    internal int[] At(int index) => _epochs[index];

    public bool Equals(PartitionEpochs? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || !Partitions.Equals(other.Partitions))
        {
            return false;
        }

        for (var i = 0; i < _epochs.Length; i++)
        {
            if (!_epochs[i].AsSpan().SequenceEqual(other._epochs[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as PartitionEpochs);

    public override int GetHashCode() => Partitions.GetHashCode();

    public override string ToString() => Partitions.ToString();
}
