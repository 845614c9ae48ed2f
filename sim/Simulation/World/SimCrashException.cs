namespace Moldau.Simulation;

/// <summary>Unwinds a simulated process at the point where it dies; nothing but the simulation catches it.</summary>
public sealed class SimCrashException() : Exception("the simulated process died here");
