using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

/// <summary>
/// Random members of a classic group, with lost answers, pauses, processes that end, appends that fail and a coordinator that loads its log again. Checked after each step: G1, no two
/// members of the current generation own one partition; G5, who commits is a member of the current generation. In the end all agree.
/// </summary>
public sealed class ClassicGroupSimulationTests
{
    private const int Partitions = 7;
    private const int Seeds = 200;

    [Fact]
    public void Members_agree_whatever_happens()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEED"), out var given) ? given : 1;
        for (var seed = first; seed < first + Seeds; seed++)
        {
            Run(seed);
        }
    }

#pragma warning disable CA5394 // Nothing here is secret; the point is that it repeats.
    private static void Run(int seed)
    {
        var random = new Random(seed);
        using var harness = new ClassicGroupHarness(seed);
        harness.Options = harness.Options with { InitialRebalanceDelayMs = random.Next(2) * 500, NewMemberJoinTimeoutMs = 20_000 };
        var members = Enumerable.Range(0, 1 + random.Next(4)).Select(index => new SimulatedClassicMember(harness, random.Next(3) == 0 ? $"i{index}" : null, Partitions)).ToList();
        var epoch = 2;
        for (var step = 0; step < 150; step++)
        {
            var member = members[random.Next(members.Count)];
            harness.Runtime.Log.AppendError = random.Next(25) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
            switch (random.Next(20))
            {
                case 0:
                    member.Restart();
                    break;
                case 1 when random.Next(3) == 0:
                    harness.Runtime.Restart(epoch++);
                    break;
                case 2 or 3 or 4:
                    harness.Runtime.Advance(random.Next(3_000), stepMs: 200);
                    break;
                case 5 or 6 when member.IsStable:
                    var state = harness.Runtime.Shard.Groups.Find(ClassicGroupHarness.Group) as ClassicGroup;
                    var isCurrent = state is not null && state.Generation == member.Generation && state.HasMember(member.MemberId);
                    (member.Commit(step) && !isCurrent).ShouldBeFalse($"seed {seed}, step {step}: G5, a zombie has committed");
                    break;
                default:
                    member.Step(loses: random.Next(10) == 0);
                    break;
            }

            CheckOwners(harness, members, $"seed {seed}, step {step}");
        }

        harness.Runtime.Log.AppendError = ErrorCode.None;
        for (var round = 0; round < 400 && !Agree(harness, members); round++)
        {
            foreach (var member in members)
            {
                member.Step(loses: false);
                CheckOwners(harness, members, $"seed {seed}, round {round}");
            }

            harness.Runtime.Advance(300, stepMs: 100);
        }

        Agree(harness, members).ShouldBeTrue($"seed {seed}: the members do not come to agree");
    }
#pragma warning restore CA5394

    private static void CheckOwners(ClassicGroupHarness harness, List<SimulatedClassicMember> members, string when)
    {
        if (harness.Runtime.Shard.Groups.Find(ClassicGroupHarness.Group) is not ClassicGroup group)
        {
            return;
        }

        var owned = members
            .Where(member => member.IsStable && member.Generation == group.Generation && group.HasMember(member.MemberId))
            .SelectMany(member => member.Owned)
            .ToList();
        owned.Distinct().Count().ShouldBe(owned.Count, $"{when}: G1, a partition has two owners");
    }

    private static bool Agree(ClassicGroupHarness harness, List<SimulatedClassicMember> members) =>
        harness.Runtime.Shard.Groups.Find(ClassicGroupHarness.Group) is ClassicGroup { State: ClassicGroupState.Stable } group
        && group.MemberCount == members.Count
        && members.TrueForAll(member => member.IsStable && member.Generation == group.Generation)
        && members.SelectMany(member => member.Owned).Order().SequenceEqual(Enumerable.Range(0, Partitions));
}
