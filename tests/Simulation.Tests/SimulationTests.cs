namespace Moldau.Simulation.Tests;

/// <summary>The harness itself: it replays, and it finds bugs.</summary>
public sealed class SimulationTests
{
    /// <summary>Seeded bugs, the scenario that finds them, and within how many seeds: docs/simulation.md has the table.</summary>
    public static TheoryData<string, string, int> Flaws => new()
    {
        { nameof(DiskBug.FileNotSynced), "log", 20 },
        { nameof(DiskBug.DirectoryNotSynced), "log", 20 },
        { nameof(DiskBug.StaleIndex), "log", 2000 },
        { nameof(DiskBug.CutForgotten), "log", 100 },
        { nameof(DiskBug.FullDiskHidden), "log", 20 },
        { nameof(DiskBug.SyncErrorHidden), "log", 20 },
        { nameof(DiskBug.RenameForgotten), "log", 20 },
        { nameof(DiskBug.ReadOffByOne), "log", 20 },
        { nameof(DiskBug.RenameInTwoSteps), "log", 500 },
        { nameof(DiskBug.MetadataNotSynced), "node", 20 },
        { nameof(DiskBug.CheckpointNotSynced), "node", 20 },
        { nameof(DiskBug.EpochsForgotten), "node", 20 },
        { nameof(DiskBug.SwapForgotten), "node", 20 },
        { nameof(DiskBug.CompactionLosesRecords), "compaction", 20 },
        { nameof(OtherBug.AcksBeforeSync), "log", 100 },
        { nameof(OtherBug.SequenceWrap), "log", 20 },
        { nameof(OtherBug.DuplicateTaken), "node", 20 },
        { nameof(OtherBug.ClockAhead), "node", 20 },
        { nameof(OtherBug.BufferReused), "node", 20 },
        { nameof(OtherBug.AnswerForgotten), "node", 20 },
        { nameof(DiskBug.CoordinatorNotSynced), "coordinators", 20 },
        { nameof(OtherBug.StaleEpochTaken), "coordinators", 20 },
        { nameof(OtherBug.DecisionTurned), "coordinators", 20 },
        { nameof(OtherBug.OffsetsBeforeEnd), "coordinators", 20 },
        { nameof(OtherBug.OpenTransactionsShown), "coordinators", 20 },
        { nameof(OtherBug.RetryAsNew), "client", 20 },
        { nameof(OtherBug.WaitingOvertaken), "client", 20 },
        { nameof(OtherBug.MemoryForgotten), "client", 20 },
        { nameof(OtherBug.FlushTooEarly), "client", 20 },
        { nameof(OtherBug.EndBeforeFlush), "client", 20 },
        { nameof(OtherBug.AbortedShown), "client", 20 },
        { nameof(OtherBug.CommitAhead), "client", 20 },
        { nameof(OtherBug.RevokedKept), "client", 20 },
        { nameof(OtherBug.JoinAbandoned), "members", 20 },
    };

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        foreach (IScenario scenario in Scenarios.All)
        {
            // The client's worlds take seconds each.
            for (ulong seed = 1; seed <= (scenario is LibraryScenario or MembersScenario ? 2UL : 4UL); seed++)
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
    public void A_seeded_bug_is_found(string name, string scenarioName, int seeds)
    {
        Flaw.TryParse(name, out Flaw flaw).ShouldBeTrue(name);
        IScenario scenario = Scenarios.All.Single(scenario => scenario.Name == scenarioName);
        ulong seed = 1;
        while (seed <= (ulong)seeds && SimulationRunner.RunSeed(scenario, seed, flaw, out _) is null)
        {
            seed++;
        }

        seed.ShouldBeLessThanOrEqualTo((ulong)seeds, $"no seed finds {flaw}");
    }

    [Fact]
    public void The_flaws_of_the_client_are_where_their_files_say() =>
        Moldau.Client.ClientFlaws.Lost.ShouldBeEmpty("the client was changed there: the passages in sim/SimulatedClient/Flaws have to follow it");

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

    [Fact]
    public void What_escapes_to_the_thread_pool_fails_the_simulation()
    {
        var world = new SimWorld(1);
        var process = new SimScheduler(world, "process");
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task waits = process.Start(async () => await source.Task);
        world.RunReady();
        var other = new Thread(source.SetResult);
        other.Start();
        other.Join();
        Should.Throw<SimulationFailedException>(() => world.RunUntil(waits, process, TimeSpan.FromSeconds(1)));
    }
}
