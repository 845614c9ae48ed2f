using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// What an assignor is given: the members in the order of their ids (so that the same group gives the same assignment after a failover), and how many
/// partitions each topic has; -1 for one that does not exist. Immutable.
/// </summary>
public sealed class GroupSpec(IEnumerable<AssignorMember> members, SubscriptionType subscriptionType, Func<Uuid, int> partitionCount)
{
    public IReadOnlyList<AssignorMember> Members { get; } = [.. members.OrderBy(member => member.MemberId, StringComparer.Ordinal)];

    public SubscriptionType SubscriptionType => subscriptionType;

    /// <summary>The number of partitions of a topic that a member subscribes to.</summary>
    /// <exception cref="PartitionAssignorException">There is no such topic.</exception>
    public int PartitionCount(Uuid topic) =>
        partitionCount(topic) is >= 0 and var count
            ? count
            : throw new PartitionAssignorException($"Members are subscribed to topic {topic} which doesn't exist in the topic metadata.");
}
