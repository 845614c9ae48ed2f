namespace Moldau.Simulation;

/// <summary>A workload with its faults and its invariants; the world's seed decides everything about it. A run that breaks an invariant throws.</summary>
public interface IScenario
{
    string Name { get; }

    /// <summary>How many of 500 seeds in total are run with it, when nothing else is said.</summary>
    int Share { get; }

    /// <param name="world">A fresh world.</param>
    /// <param name="flaw">A bug to run with, for the proof of the harness.</param>
    void Run(SimWorld world, Flaw flaw);
}
