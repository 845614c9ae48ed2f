namespace Moldau.Cli;

/// <summary>The quorum of controllers.</summary>
/// <param name="LeaderId">Who leads; -1 for nobody.</param>
/// <param name="Voters">Each with the records that it is behind the leader, and for how long it has not fetched; null when it never has since that leader leads.</param>
internal sealed record QuorumFacts(int LeaderId, IReadOnlyList<(int Id, long Lag, long? SilentMs)> Voters);
