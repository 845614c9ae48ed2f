namespace Moldau.Raft;

/// <summary>An append in an epoch that this node does not lead, or no longer.</summary>
public sealed class NotLeaderException(string message) : Exception(message);
