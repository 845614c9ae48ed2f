namespace Moldau.Simulation;

/// <summary>One partition's log under its log manager, on a disk that fails: appends, rolls, retention, delete-records, flushes, crashes at any disk operation. Checks L1, L2, P1 to P3 and I7.</summary>
public sealed class LogScenario : IScenario
{
    private const int Steps = 120;

    public string Name => "log";

    public int Share => 170;

    public void Run(SimWorld world, Flaw flaw) => new LogRun(world, flaw).Run(Steps);
}
