namespace Moldau.Client;

/// <summary>A move of a partition that goes on. Immutable.</summary>
/// <param name="Replicas">Who holds it now, those that come and those that go included.</param>
/// <param name="AddingReplicas">Those that come.</param>
/// <param name="RemovingReplicas">Those that go.</param>
public sealed record PartitionReassignment(IReadOnlyList<int> Replicas, IReadOnlyList<int> AddingReplicas, IReadOnlyList<int> RemovingReplicas);
