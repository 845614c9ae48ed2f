namespace Moldau.Simulation;

/// <summary>The Raft core of 1 to 5 replicas under loss, delay, partitions, crashes and changes of the voters: R1 to R5, R7 and R8 after each step, progress when the faults end.</summary>
public sealed class QuorumScenario : IScenario
{
    private const long FaultsMs = 8_000;
    private const long CalmMs = 9_000;

    private static readonly (int Replicas, bool IsDynamic)[] Sizes = [(1, false), (3, false), (3, false), (5, false), (4, true), (5, true)];

    public string Name => "quorum";

    public int Share => 124;

    public void Run(SimWorld world, Flaw flaw)
    {
        (int replicas, bool isDynamic) = Sizes[world.Random.Next(Sizes.Length)];
        var simulation = new QuorumSimulation(world.Random.Next(int.MaxValue), replicas, isDynamic, world.Trace);
        simulation.Run(FaultsMs, CalmMs);
    }
}
