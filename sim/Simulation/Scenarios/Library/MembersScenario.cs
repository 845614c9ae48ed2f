namespace Moldau.Simulation;

/// <summary>
/// Groups whose members come and go all the time, in a world in which nothing else happens: nobody dies, nothing is lost or refused. What a member was done with, or has committed, is not
/// handed out again then, however it leaves and whatever the group is at (C11 of <c>docs/simulation.md</c>).
/// </summary>
public sealed class MembersScenario : IScenario
{
    private const int Rounds = 8;

    public string Name => "members";

    public int Share => 6;

    public void Run(SimWorld world, Flaw flaw) => new LibraryRun(world, flaw, isCalm: true).Run(Rounds);
}
