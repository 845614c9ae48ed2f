namespace Moldau.Records;

/// <summary>The end of a producer's transaction in a partition (KIP-98).</summary>
/// <param name="IsCommit">Whether the transaction was committed; aborted otherwise.</param>
/// <param name="CoordinatorEpoch">The epoch of the transaction coordinator that ended it: markers of older ones are refused.</param>
public readonly record struct EndTransactionMarker(bool IsCommit, int CoordinatorEpoch);
