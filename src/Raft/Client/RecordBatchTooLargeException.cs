namespace Moldau.Raft;

/// <summary>The records of one append do not fit into one batch.</summary>
public sealed class RecordBatchTooLargeException(string message) : Exception(message);
