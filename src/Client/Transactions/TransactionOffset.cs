namespace Moldau.Client;

/// <summary>An offset to commit along with a transaction.</summary>
/// <param name="Topic">The topic that was read.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">The offset of the next record to read.</param>
/// <param name="LeaderEpoch">The epoch of the last record read; -1 when not known.</param>
/// <param name="Metadata">What the application keeps beside it.</param>
public readonly record struct TransactionOffset(string Topic, int Partition, long Offset, int LeaderEpoch = -1, string Metadata = "");
