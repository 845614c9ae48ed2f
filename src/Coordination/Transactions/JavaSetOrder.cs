using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// The order in which Java's hash tables give their keys, so that records which Apache Kafka fills from such tables come out with the same bytes. Readers do not care about it. Keys that fall into
/// the same bucket stay in the order they are given in. Stateless.
/// </summary>
internal static class JavaSetOrder
{
    private const int SmallestTable = 16;

    /// <summary>Sorts keys by the bucket that their hash puts them into.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="hash">Their hash in Java.</param>
    /// <param name="smallest">The table's size when it was made: a table made for no keys begins with one bucket and is as small as it can be.</param>
    public static IEnumerable<T> Sort<T>(IReadOnlyCollection<T> keys, Func<T, int> hash, int smallest = SmallestTable)
    {
        var buckets = smallest;
        while (keys.Count > buckets * 3 / 4)
        {
            buckets *= 2;
        }

        return keys.OrderBy(key => Spread(hash(key)) & (buckets - 1));
    }

    /// <summary>The hash of a topic's name.</summary>
    public static int HashOf(TopicName topic) => JavaHash.OfText(topic);

    /// <summary>The hash of Kafka's TopicPartition.</summary>
    public static int HashOf(TopicPartition partition) => unchecked((31 * (31 + partition.Partition.Value)) + HashOf(partition.Topic));

    private static int Spread(int hash) => hash ^ (hash >>> 16);
}
