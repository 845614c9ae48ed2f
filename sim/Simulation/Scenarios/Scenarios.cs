namespace Moldau.Simulation;

/// <summary>All scenarios, in the order in which they run.</summary>
public static class Scenarios
{
    public static IReadOnlyList<IScenario> All { get; } = [new QuorumScenario(), new LogScenario(), new CompactionScenario(), new NodeScenario(), new CoordinatorsScenario(), new LibraryScenario(), new MembersScenario()];
}
