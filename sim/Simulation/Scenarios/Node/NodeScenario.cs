namespace Moldau.Simulation;

/// <summary>
/// A whole node with clients over a simulated network: topics come, change and go, producers with and without sequences, consumers, deleted records, retention, compaction, days that pass,
/// cut connections, full and failing disks, kills and power losses at any disk operation. Checks L1 to L3, P1 to P3, I6, I7, and that nothing acknowledged is lost.
/// </summary>
public sealed class NodeScenario : IScenario
{
    private const int Rounds = 12;

    public string Name => "node";

    public int Share => 80;

    public void Run(SimWorld world, Flaw flaw) => new NodeRun(world, flaw).Run(Rounds);
}
