namespace Moldau.Simulation;

/// <summary>
/// The client library as applications use it, against a whole node: idempotent and transactional producers, consumers in a classic and in a KIP-848 group, readers that assign their partitions
/// themselves. Clients die and come back, connections are cut, clients are cut off from the node, requests are refused, held and answered too late, the node is killed and loses its power.
/// Checks C1 to C10 of <c>docs/simulation.md</c>.
/// </summary>
public sealed class LibraryScenario : IScenario
{
    private const int Rounds = 6;

    public string Name => "client";

    public int Share => 6;

    public void Run(SimWorld world, Flaw flaw) => new LibraryRun(world, flaw, isCalm: false).Run(Rounds);
}
