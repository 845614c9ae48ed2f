namespace Moldau.Cli;

/// <summary>A partition as the metadata has it.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Leader">The broker that leads it; -1 for none.</param>
/// <param name="Replicas">Where it is, the preferred leader first.</param>
/// <param name="InSync">Those that have all that is committed.</param>
internal sealed record PartitionFacts(int Index, int Leader, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync);
