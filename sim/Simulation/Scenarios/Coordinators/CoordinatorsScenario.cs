namespace Moldau.Simulation;

/// <summary>
/// A whole node whose coordinators are at work: members of a classic group and of a KIP-848 group, transactional producers of both versions, a loop that is exactly once, readers of what is
/// committed. Cut connections, clients that pause, die and come back, kills and power losses at any disk operation, so that coordinators load again. Checks G1 to G3, G5, G6, T1, T2, T4 to T6, T8.
/// </summary>
public sealed class CoordinatorsScenario : IScenario
{
    private const int Rounds = 8;

    public string Name => "coordinators";

    public int Share => 60;

    public void Run(SimWorld world, Flaw flaw) => new CoordinatorsRun(world, flaw).Run(Rounds);
}
