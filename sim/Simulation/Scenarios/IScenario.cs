namespace Moldau.Simulation;

/// <summary>A workload with its faults and its invariants; the world's seed decides everything about it. A run that breaks an invariant throws.</summary>
public interface IScenario
{
    string Name { get; }

    /// <param name="world">A fresh world.</param>
    /// <param name="flaw">A bug to run with, for the proof of the harness.</param>
    void Run(SimWorld world, Flaw flaw);
}
