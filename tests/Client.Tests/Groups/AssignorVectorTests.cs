using Moldau.Core;
using Shouldly;

namespace Moldau.Client.Tests;

/// <summary>Our assignors against what Java's of 4.4 answered to the same groups (compat/java/Assignors.java), bytes and all.</summary>
public class AssignorVectorTests
{
    private static IEnumerable<string> Vectors =>
        File.ReadLines(Environment.GetEnvironmentVariable("MOLDAU_ASSIGNOR_VECTORS") ?? Path.Combine(AppContext.BaseDirectory, "Groups", "assignor-vectors.txt"));

    [Fact]
    public void Each_assignor_gives_what_that_of_Java_gives()
    {
        var counts = new Dictionary<string, int>();
        foreach (var line in Vectors)
        {
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            var topics = Entries(parts[1]).Select(ReadTopic).ToDictionary(topic => topic.Name);
            var members = Entries(parts[2]).Select(fields =>
                ConsumerProtocolFormat.ReadSubscription(fields[0], Text(fields[1]), Convert.FromHexString(fields[7]))).ToList();
            var assignor = ConsumerAssignor.Named(parts[0]).ShouldNotBeNull();

            var assignment = assignor.Assign(
                topics.Where(topic => members.Exists(member => member.Topics.Any(name => name == topic.Key))).ToDictionary(), members);

            // Java's sticky assignors may give a partition back to who had it long ago and does not want its topic any more; ours do not.
            var answer = Entries(parts[3]).ToList();
            if (answer.Exists(fields => Partitions(fields[1]).Exists(partition => !members.Find(m => m.MemberId == fields[0])!.Topics.Any(name => name == partition.Topic.Value))))
            {
                continue;
            }

            foreach (var fields in answer)
            {
                Sorted(assignment[fields[0]]).ShouldBe(Sorted(Partitions(fields[1])), $"{fields[0]} in {line}");
            }

            counts[parts[0]] = counts.GetValueOrDefault(parts[0]) + 1;
        }

        counts.Keys.Order().ShouldBe(["cooperative-sticky", "range", "roundrobin", "sticky"]);
    }

    [Fact]
    public void Subscriptions_user_data_and_assignments_have_the_bytes_of_Java()
    {
        foreach (var line in Vectors)
        {
            var parts = line.Split('|', StringSplitOptions.TrimEntries);
            foreach (var fields in Entries(parts[2]))
            {
                var owned = Partitions(fields[4]);
                var generation = int.Parse(fields[5]);
                var assignor = ConsumerAssignor.Named(parts[0])!;
                if (generation >= 0)
                {
                    assignor.OnAssignment(owned, generation);
                }

                var cooperative = assignor.Protocol == RebalanceProtocol.Cooperative;
                var data = assignor.SubscriptionUserData();
                if (!ManyTopics(owned) || cooperative)
                {
                    Hex(data).ShouldBe(fields[6], line);
                }

                var bytes = ConsumerProtocolFormat.WriteSubscription(new MemberSubscription(fields[0], List(fields[3]))
                {
                    RackId = Text(fields[2]),
                    UserData = fields[6] == "-" ? default(ReadOnlyMemory<byte>?) : Convert.FromHexString(fields[6]),
                    OwnedPartitions = cooperative ? owned : [],
                    GenerationId = cooperative ? generation : null,
                });
                Hex(bytes).ShouldBe(fields[7], line);
            }

            foreach (var fields in Entries(parts[3]))
            {
                var partitions = ConsumerProtocolFormat.ReadAssignment(Convert.FromHexString(fields[2]));
                Sorted(partitions).ShouldBe(Sorted(Partitions(fields[1])));
                Hex(ConsumerProtocolFormat.WriteAssignment(partitions)).ShouldBe(fields[2], line);
            }
        }
    }

    /// <summary>Java writes topics of user data in the order of a hash map; each order means the same.</summary>
    private static bool ManyTopics(List<TopicPartition> partitions) => partitions.DistinctBy(partition => partition.Topic).Count() > 1;

    private static IEnumerable<string[]> Entries(string part) =>
        part.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(' '));

    private static AssignableTopic ReadTopic(string[] fields) =>
        new(fields[0], [.. fields[2].Split(',').Select(racks => racks == "-" ? (IReadOnlySet<string>)new HashSet<string>() : racks.Split('+').ToHashSet())]);

    private static List<TopicPartition> Partitions(string text) => List(text).ConvertAll(partition =>
    {
        var hyphen = partition.LastIndexOf('-');
        return new TopicPartition(partition[..hyphen], int.Parse(partition[(hyphen + 1)..]));
    });

    private static List<string> List(string text) => text == "-" ? [] : [.. text.Split(',')];

    private static string? Text(string text) => text == "-" ? null : text;

    private static string Hex(byte[]? bytes) => bytes is null ? "-" : Convert.ToHexStringLower(bytes);

    private static List<string> Sorted(IEnumerable<TopicPartition> partitions) => [.. partitions.Select(partition => partition.ToString()).Order(StringComparer.Ordinal)];
}
