using System.Globalization;
using Moldau.Core;

namespace Moldau.Coordination.Tests;

/// <summary>The assignors against Apache Kafka's own, over random groups that change, and their properties.</summary>
public sealed class AssignorTests
{
    /// <summary>
    /// Each line is a group and what Apache Kafka 4.4 makes of it: the assignor, topics with their partition counts, then each member with its subscription and its target before, and after
    /// the arrow the targets. Topics are ids of small numbers and members single letters, as for these Java's maps are in order.
    /// </summary>
    [Fact]
    public void Targets_are_those_of_Apache_Kafka()
    {
        using var stream = typeof(AssignorTests).Assembly.GetManifestResourceStream("assignor-vectors.txt")!;
        using var reader = new StreamReader(stream);
        var count = 0;
        while (reader.ReadLine() is { } line)
        {
            count++;
            var sides = line.Split(" >");
            var parts = sides[0].Split(';');
            var topics = parts[1].Split(' ').Select(topic => topic.Split(':')).ToDictionary(topic => Id(topic[0]), topic => Number(topic[1]));
            var members = parts[2..].Select(Member).ToList();
            var targets = Assignor(parts[0]).Assign(Spec(members, topics));
            var expected = string.Join(' ', sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            var actual = string.Join(' ', members.Select(member => $"{member.MemberId}={Text(targets.GetValueOrDefault(member.MemberId) ?? PartitionSet.Empty)}"));
            actual.ShouldBe(expected, line);
        }

        count.ShouldBeGreaterThan(300);
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("range")]
    public void Targets_cover_each_subscribed_partition_once_and_give_nobody_what_it_did_not_ask_for(string assignor)
    {
#pragma warning disable CA5394 // Nothing here is secret; the point is that it repeats.
        for (var seed = 1; seed <= 300; seed++)
        {
            var random = new Random(seed);
            var topics = Enumerable.Range(1, 1 + random.Next(8)).ToDictionary(topic => new Uuid(9, (ulong)topic), _ => random.Next(30));
            var members = Enumerable.Range(0, 1 + random.Next(20)).Select(index => new AssignorMember(
                $"m{index:d2}",
                random.Next(4) == 0 ? $"i{index}" : null,
                [.. topics.Keys.Where(_ => random.Next(3) > 0).Order()],
                PartitionSet.Empty)).ToList();
            var targets = Assignor(assignor).Assign(Spec(members, topics));
            Check(members, topics, targets, seed);

            // Assigned again with what everybody has, nothing moves.
            var again = members.ConvertAll(member => member with { Assignment = targets.GetValueOrDefault(member.MemberId) ?? PartitionSet.Empty });
            var second = Assignor(assignor).Assign(Spec(again, topics));
            foreach (var member in again)
            {
                (second.GetValueOrDefault(member.MemberId) ?? PartitionSet.Empty).ShouldBe(member.Assignment, $"seed {seed}");
            }
        }
#pragma warning restore CA5394
    }

    [Fact]
    public void The_uniform_assignor_is_balanced_and_moves_little_when_a_member_goes()
    {
        var topics = new Dictionary<Uuid, int> { [new Uuid(1, 1)] = 500, [new Uuid(1, 2)] = 499 };
        var members = Enumerable.Range(0, 100).Select(index => new AssignorMember($"m{index:d3}", null, [.. topics.Keys.Order()], PartitionSet.Empty)).ToList();
        var targets = new UniformAssignor().Assign(Spec(members, topics));
        (targets.Values.Max(target => target.Count) - targets.Values.Min(target => target.Count)).ShouldBeLessThanOrEqualTo(1);

        var left = members.Skip(10).Select(member => member with { Assignment = targets[member.MemberId] }).ToList();
        var after = new UniformAssignor().Assign(Spec(left, topics));
        (after.Values.Max(target => target.Count) - after.Values.Min(target => target.Count)).ShouldBeLessThanOrEqualTo(1);
        foreach (var member in left)
        {
            OwnedPartitions.IsSubset(member.Assignment, after[member.MemberId]).ShouldBeTrue("who stays keeps what it has");
        }
    }

    [Fact]
    public void A_topic_that_does_not_exist_is_refused()
    {
        AssignorMember[] members = [new("a", null, [new Uuid(1, 1)], PartitionSet.Empty)];
        foreach (var assignor in (ReadOnlySpan<IPartitionAssignor>)[new UniformAssignor(), new RangeAssignor()])
        {
            Should.Throw<PartitionAssignorException>(() => assignor.Assign(new GroupSpec(members, SubscriptionType.Homogeneous, _ => -1)));
        }
    }

    private static void Check(List<AssignorMember> members, Dictionary<Uuid, int> topics, IReadOnlyDictionary<string, PartitionSet> targets, int seed)
    {
        var given = new HashSet<(Uuid, int)>();
        foreach (var member in members)
        {
            var target = targets.GetValueOrDefault(member.MemberId) ?? PartitionSet.Empty;
            foreach (var topic in target.Topics)
            {
                member.Topics.ShouldContain(topic, $"seed {seed}");
                foreach (var partition in target.Of(topic))
                {
                    partition.ShouldBeLessThan(topics[topic], $"seed {seed}");
                    given.Add((topic, partition)).ShouldBeTrue($"seed {seed}: {topic}-{partition} is given twice");
                }
            }
        }

        given.Count.ShouldBe(topics.Where(topic => members.Exists(member => member.Topics.Contains(topic.Key))).Sum(topic => topic.Value), $"seed {seed}");
    }

    private static GroupSpec Spec(IReadOnlyList<AssignorMember> members, Dictionary<Uuid, int> topics) => new(
        members,
        members.All(member => member.Topics.SequenceEqual(members[0].Topics)) ? SubscriptionType.Homogeneous : SubscriptionType.Heterogeneous,
        topic => topics.GetValueOrDefault(topic, -1));

    private static IPartitionAssignor Assignor(string name) => name == "range" ? new RangeAssignor() : new UniformAssignor();

    private static AssignorMember Member(string text)
    {
        var fields = text.Split(' ');
        var names = fields[0].Split('@');
        var before = new PartitionSetBuilder();
        foreach (var topic in fields[2].Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var sides = topic.Split(':');
            foreach (var partition in sides[1].Split('.'))
            {
                before.Add(Id(sides[0]), Number(partition));
            }
        }

        return new(names[0], names.Length > 1 ? names[1] : null, [.. fields[1].Split('.', StringSplitOptions.RemoveEmptyEntries).Select(Id)], before.Build());
    }

    private static string Text(PartitionSet set) =>
        string.Join('|', set.Topics.Select(topic => $"{topic.LeastSignificant}:{string.Join('.', set.Of(topic).ToArray())}"));

    private static Uuid Id(string number) => new(0, (ulong)Number(number));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
