namespace Moldau.Simulation;

/// <summary>An invariant does not hold, or the simulated program did what it must not.</summary>
public sealed class SimulationFailedException(string message, Exception? inner = null) : Exception(message, inner);
