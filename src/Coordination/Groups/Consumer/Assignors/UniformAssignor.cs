namespace Moldau.Coordination;

/// <summary>
/// Balances the number of partitions of the members over all topics and, as far as that lets it, leaves with each member what it has. The default.
/// </summary>
public sealed class UniformAssignor : IPartitionAssignor
{
    public string Name => "uniform";

    public IReadOnlyDictionary<string, PartitionSet> Assign(GroupSpec group)
    {
        if (group.Members.Count == 0)
        {
            return new Dictionary<string, PartitionSet>();
        }

        return group.SubscriptionType == SubscriptionType.Homogeneous
            ? new UniformHomogeneousAssignment(group).Build()
            : new UniformHeterogeneousAssignment(group).Build();
    }
}
