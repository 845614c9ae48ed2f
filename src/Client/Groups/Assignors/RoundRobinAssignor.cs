using Moldau.Core;

namespace Moldau.Client;

/// <summary>Deals all partitions, by topic and index, to the members in turn, passing over those that do not want the topic.</summary>
public sealed class RoundRobinAssignor : ConsumerAssignor
{
    internal const string AssignorName = "roundrobin";

    /// <inheritdoc />
    public override string Name => AssignorName;

    /// <inheritdoc />
    public override IReadOnlyDictionary<string, List<TopicPartition>> Assign(
        IReadOnlyDictionary<string, AssignableTopic> topics, IReadOnlyList<MemberSubscription> members)
    {
        var sorted = members.ToList();
        sorted.Sort(MemberOrder.CompareStaticFirst);
        var wanted = sorted.ConvertAll(member => member.Topics.ToHashSet());
        var assignment = members.ToDictionary(member => member.MemberId, _ => new List<TopicPartition>());
        var next = 0;
        foreach (var topic in topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            for (var partition = 0; partition < topic.PartitionCount; partition++)
            {
                if (!wanted.Exists(names => names.Contains(topic.Name)))
                {
                    break;
                }

                while (!wanted[next].Contains(topic.Name))
                {
                    next = (next + 1) % sorted.Count;
                }

                assignment[sorted[next].MemberId].Add(new TopicPartition(topic.Name, partition));
                next = (next + 1) % sorted.Count;
            }
        }

        return assignment;
    }
}
