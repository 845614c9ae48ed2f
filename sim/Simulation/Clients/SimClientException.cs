namespace Moldau.Simulation;

/// <summary>A request got no answer: the connection was not made, was lost, or the answer took too long. What was asked may have been done.</summary>
public sealed class SimClientException(string message) : Exception(message);
