using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Decides, in the member that leads a classic group, who gets which partitions (`partition.assignment.strategy`). Those that are built in give what
/// Java's give, so that a group may have members of both. An instance belongs to one consumer and is called by it alone, one call at a time; it may
/// remember what it was told.
/// </summary>
public abstract class ConsumerAssignor
{
    /// <summary>The name under which members agree on it; all members of a group must have one in common.</summary>
    public abstract string Name { get; }

    /// <summary>Whether members keep their partitions while the group rebalances.</summary>
    public virtual RebalanceProtocol Protocol => RebalanceProtocol.Eager;

    /// <summary>What goes to the leader with this member's subscription, or null for nothing.</summary>
    public virtual byte[]? SubscriptionUserData() => null;

    /// <summary>Tells what this member was given, and in which generation.</summary>
    public virtual void OnAssignment(IReadOnlyList<TopicPartition> partitions, int generationId)
    {
    }

    /// <summary>
    /// Shares the partitions out. <paramref name="topics"/> holds the topics that anybody subscribes to and that exist; <paramref name="members"/> are in
    /// the order in which the coordinator gave them. The answer has an entry for each member.
    /// </summary>
    public abstract IReadOnlyDictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, AssignableTopic> topics, IReadOnlyList<MemberSubscription> members);

    /// <summary>One of the assignors that are built in, by its name or by Java's class; null when there is none of that name.</summary>
    public static ConsumerAssignor? Named(string name) => name switch
    {
        RangeAssignor.AssignorName or "org.apache.kafka.clients.consumer.RangeAssignor" => new RangeAssignor(),
        RoundRobinAssignor.AssignorName or "org.apache.kafka.clients.consumer.RoundRobinAssignor" => new RoundRobinAssignor(),
        StickyAssignor.AssignorName or "org.apache.kafka.clients.consumer.StickyAssignor" => new StickyAssignor(),
        CooperativeStickyAssignor.AssignorName or "org.apache.kafka.clients.consumer.CooperativeStickyAssignor" => new CooperativeStickyAssignor(),
        _ => null,
    };
}
