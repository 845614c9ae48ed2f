using Moldau.Core;

namespace Moldau.Client;

/// <summary>Who had which partitions before, when members may claim the same one: the later generation is right, and of one generation neither.</summary>
internal sealed class PreviousOwners(IReadOnlyList<MemberSubscription> members)
{
    private readonly Dictionary<string, MemberSubscription> _members = members.ToDictionary(member => member.MemberId);
    private readonly Dictionary<TopicPartition, string> _owners = [];

    /// <summary>What each member had and may keep.</summary>
    public Dictionary<string, List<TopicPartition>> Owned { get; } = [];

    /// <summary>What several members of one generation claimed.</summary>
    public HashSet<TopicPartition> Contested { get; } = [];

    /// <summary>Adds what a member says it had.</summary>
    public void Add(MemberSubscription member, MemberHistory history, IReadOnlyDictionary<string, AssignableTopic> topics)
    {
        var owned = new List<TopicPartition>();
        Owned.Add(member.MemberId, owned);
        var generation = history.Generation ?? StickyAssignorBase.NoGeneration;
        foreach (var partition in history.Partitions)
        {
            if (!topics.ContainsKey(partition.Topic))
            {
                continue;
            }

            if (!_owners.TryGetValue(partition, out var other))
            {
                owned.Add(partition);
                _owners.Add(partition, member.MemberId);
                continue;
            }

            var otherGeneration = _members[other].GenerationId ?? StickyAssignorBase.NoGeneration;
            if (generation < otherGeneration)
            {
                continue;
            }

            Owned[other].Remove(partition);
            _owners[partition] = member.MemberId;
            if (generation == otherGeneration)
            {
                Contested.Add(partition);
            }
            else
            {
                owned.Add(partition);
            }
        }
    }
}
