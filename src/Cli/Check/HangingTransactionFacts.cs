namespace Moldau.Cli;

/// <summary>A transaction that is open on a partition for longer than any producer may keep it, so that read_committed consumers stand still there.</summary>
internal sealed record HangingTransactionFacts(string Topic, int Partition, long ProducerId, long StartOffset, long AgeMs);
