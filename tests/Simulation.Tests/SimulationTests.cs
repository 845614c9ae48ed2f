namespace Moldau.Simulation.Tests;

/// <summary>The harness itself: it replays, and it finds bugs.</summary>
public sealed class SimulationTests
{
    public static TheoryData<Flaw> Flaws =>
    [
        new Flaw(DiskBug.FileNotSynced), new Flaw(DiskBug.DirectoryNotSynced),
        new Flaw(DiskBug.StaleIndex), new Flaw(DiskBug.CutForgotten), new Flaw(DiskBug.FullDiskHidden),
        new Flaw(DiskBug.RenameForgotten), new Flaw(DiskBug.ReadOffByOne), new Flaw(DiskBug.None, AcksBeforeSync: true),
    ];

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        foreach (IScenario scenario in Scenarios.All)
        {
            for (ulong seed = 1; seed <= 5; seed++)
            {
                SimulationRunner.RunSeed(scenario, seed, Flaw.None, out SimTrace first).ShouldBeNull($"{scenario.Name}, seed {seed}");
                SimulationRunner.RunSeed(scenario, seed, Flaw.None, out SimTrace second);
                second.Hash.ShouldBe(first.Hash, $"{scenario.Name}, seed {seed}");
                second.Count.ShouldBe(first.Count, $"{scenario.Name}, seed {seed}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Flaws))]
    public void A_seeded_bug_is_found(Flaw flaw)
    {
        const ulong Seeds = 200;
        ulong seed = 1;
        while (seed <= Seeds && SimulationRunner.RunSeed(new LogScenario(), seed, flaw, out _) is null)
        {
            seed++;
        }

        seed.ShouldBeLessThanOrEqualTo(Seeds, $"no seed finds {flaw}");
    }

    [Fact]
    public void Days_pass_at_once()
    {
        var world = new SimWorld(1);
        var process = new SimScheduler(world, "process");
        int ticks = 0;
        using ITimer timer = process.Time.CreateTimer(_ => ticks++, null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        world.Advance(TimeSpan.FromDays(7));
        ticks.ShouldBe(7 * 24 * 60);
    }
}
