namespace Moldau.Client;

/// <summary>A topic whose partitions are to be assigned: for each partition, by its index, the racks that have a replica of it. Immutable.</summary>
public sealed class AssignableTopic(string name, IReadOnlyList<IReadOnlySet<string>> replicaRacks)
{
    internal static readonly IReadOnlySet<string> NoRacks = new HashSet<string>();

    /// <summary>The topic's name.</summary>
    public string Name => name;

    /// <summary>How many partitions it has.</summary>
    public int PartitionCount => replicaRacks.Count;

    /// <summary>The racks of each partition's replicas.</summary>
    public IReadOnlyList<IReadOnlySet<string>> ReplicaRacks => replicaRacks;

    /// <summary>A topic on a cluster that has no racks.</summary>
    public static AssignableTopic WithoutRacks(string name, int partitionCount) => new(name, [.. Enumerable.Repeat(NoRacks, partitionCount)]);
}
