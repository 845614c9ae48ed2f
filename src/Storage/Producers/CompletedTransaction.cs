namespace Moldau.Storage;

/// <summary>A transaction that an end marker completes.</summary>
internal readonly record struct CompletedTransaction(long ProducerId, long FirstOffset, long LastOffset, bool IsAborted);
