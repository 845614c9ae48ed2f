namespace Moldau.Controller;

/// <summary>The brokers cannot hold as many replicas as asked for. The message is part of the answer.</summary>
public sealed class PlacementException(string message) : Exception(message);
