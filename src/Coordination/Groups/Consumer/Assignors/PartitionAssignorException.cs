namespace Moldau.Coordination;

/// <summary>An assignor cannot make an assignment; the request that asked for one fails with UNKNOWN_SERVER_ERROR and this message.</summary>
public sealed class PartitionAssignorException(string message) : Exception(message);
