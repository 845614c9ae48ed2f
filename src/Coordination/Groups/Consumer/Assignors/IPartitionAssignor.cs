namespace Moldau.Coordination;

/// <summary>Divides the partitions of the subscribed topics among the members of a consumer group (KIP-848). Stateless; any thread.</summary>
public interface IPartitionAssignor
{
    /// <summary>The name by which <c>group.consumer.assignors</c> and members ask for it.</summary>
    string Name { get; }

    /// <summary>The target of each member; one who gets nothing may be missing.</summary>
    /// <exception cref="PartitionAssignorException">A topic that a member subscribes to does not exist.</exception>
    IReadOnlyDictionary<string, PartitionSet> Assign(GroupSpec group);
}
