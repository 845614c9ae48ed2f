namespace Moldau.Simulation;

/// <summary>One compacted log under its log manager, its cleaner between the steps of everything else, on a disk that fails and dies: keys, tombstones, producers. Checks L3.</summary>
public sealed class CompactionScenario : IScenario
{
    private const int Steps = 80;

    public string Name => "compaction";

    /// <inheritdoc />
    public int Share => 60;

    public void Run(SimWorld world, Flaw flaw) => new CompactionRun(world, flaw).Run(Steps);
}
