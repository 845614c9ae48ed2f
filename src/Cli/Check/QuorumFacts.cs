namespace Moldau.Cli;

/// <summary>The quorum of controllers.</summary>
/// <param name="LeaderId">Who leads; -1 for nobody.</param>
/// <param name="Voters">Each with the records that it is behind the leader.</param>
internal sealed record QuorumFacts(int LeaderId, IReadOnlyList<(int Id, long Lag)> Voters);
