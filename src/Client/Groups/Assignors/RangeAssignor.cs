using Moldau.Core;

namespace Moldau.Client;

/// <summary>
/// Gives each member a run of neighbouring partitions of each topic, the first members one more when it does not come out even: partitions of the same
/// index of topics with the same number go to the same member. Where members and replicas have racks, and not all racks have all partitions, each member
/// first gets partitions of its own rack, up to its share (KIP-881).
/// </summary>
public sealed class RangeAssignor : ConsumerAssignor
{
    internal const string AssignorName = "range";

    /// <inheritdoc />
    public override string Name => AssignorName;

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, AssignableTopic> topics, IReadOnlyList<MemberSubscription> members)
    {
        var assignment = members.ToDictionary(member => member.MemberId, _ => new List<TopicPartition>());
        var sorted = members.ToList();
        sorted.Sort(MemberOrder.CompareStaticFirst);
        var shares = new List<RangeShare>();
        foreach (var topic in topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            if (topic.PartitionCount > 0)
            {
                shares.Add(new RangeShare(topic, sorted.FindAll(member => member.Topics.Contains(topic.Name)), assignment));
            }
        }

        var aligned = shares.Exists(share => share.NeedsRacks);
        if (aligned)
        {
            AssignByRack(shares);
        }

        foreach (var share in shares)
        {
            share.AssignRanges(matchRacks: false);
        }

        if (aligned)
        {
            foreach (var partitions in assignment.Values)
            {
                partitions.Sort((a, b) => a.Topic != b.Topic ? a.Topic.CompareTo(b.Topic) : a.Partition.CompareTo(b.Partition));
            }
        }

        return assignment;
    }

    private static void AssignByRack(List<RangeShare> shares)
    {
        foreach (var together in shares.GroupBy(share => (share.MembersKey, share.RackedPartitionCount)))
        {
            var topics = together.ToList();
            if (topics.Count > 1)
            {
                AssignTogether(topics);
            }
            else if (topics[0].NeedsRacks)
            {
                topics[0].AssignRanges(matchRacks: true);
            }
        }
    }

    /// <summary>Partitions of one index go to one member, of a rack that has a replica of each of them.</summary>
    private static void AssignTogether(List<RangeShare> topics)
    {
        var remaining = topics[0].Members.ToList();
        for (var partition = 0; partition < topics[0].RackedPartitionCount && remaining.Count > 0; partition++)
        {
            var index = partition;
            var member = remaining.Find(candidate => topics.TrueForAll(topic => topic.RacksMatch(candidate, index) && topic.Room(candidate) > 0));
            if (member is null)
            {
                continue;
            }

            foreach (var topic in topics)
            {
                topic.Give(member, index);
            }

            if (topics.TrueForAll(topic => topic.Room(member) == 0))
            {
                remaining.Remove(member);
            }
        }
    }
}
