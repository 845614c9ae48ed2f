using System.Globalization;
using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Which partition of an internal topic keeps the state of a group, a transactional id or a share partition, and so which broker coordinates it.
/// All nodes and all releases must agree on it. Stateless; any thread.
/// </summary>
public static class CoordinatorPartition
{
    /// <summary>
    /// The partition for a group id (<c>__consumer_offsets</c>), a transactional id (<c>__transaction_state</c>) or a key of
    /// <see cref="ShareKey"/> (<c>__share_group_state</c>) when that topic has <paramref name="partitionCount"/> partitions.
    /// </summary>
    public static PartitionIndex OfId(string id, int partitionCount)
    {
        Invariant.That(partitionCount > 0);
        return JavaHash.Abs(JavaHash.OfText(id)) % partitionCount;
    }

    /// <summary>The name of a share partition's state, by which its coordinator is found (KIP-932).</summary>
    public static string ShareKey(GroupId group, Uuid topicId, PartitionIndex partition) =>
        string.Create(CultureInfo.InvariantCulture, $"{group.Value}:{topicId}:{partition.Value}");
}
