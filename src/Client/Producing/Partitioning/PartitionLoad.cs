namespace Moldau.Client;

/// <summary>How often each partition should be chosen: the more batches wait for it, the less (KIP-794). Immutable.</summary>
internal sealed class PartitionLoad
{
    private readonly int[] _cumulative;
    private readonly int[] _partitions;

    private PartitionLoad(int[] cumulative, int[] partitions) => (_cumulative, _partitions) = (cumulative, partitions);

    /// <summary>
    /// From the lengths of the queues that may be chosen; null when they say nothing: fewer than two, or all equal while all partitions are among them.
    /// </summary>
    public static PartitionLoad? Of(ReadOnlySpan<int> queueLengths, ReadOnlySpan<int> partitions, int partitionsCount)
    {
        if (queueLengths.IsEmpty || partitionsCount < 2)
        {
            return null;
        }

        int longest = 0;
        bool allEqual = true;
        foreach (int length in queueLengths)
        {
            longest = Math.Max(longest, length);
            allEqual &= length == queueLengths[0];
        }

        if (allEqual && queueLengths.Length == partitionsCount)
        {
            return null;
        }

        var cumulative = new int[queueLengths.Length];
        int sum = 0;
        for (int i = 0; i < cumulative.Length; i++)
        {
            sum += longest + 1 - queueLengths[i];
            cumulative[i] = sum;
        }

        return new PartitionLoad(cumulative, partitions.ToArray());
    }

    /// <summary>A partition by chance, with the weights.</summary>
    public int Choose(RandomSequence random)
    {
        int at = Array.BinarySearch(_cumulative, random.Below(_cumulative[^1]));
        return _partitions[at < 0 ? ~at : at + 1];
    }
}
