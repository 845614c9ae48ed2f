namespace Moldau.Coordination;

public sealed partial class ConsumerGroup
{
    /// <summary>What the group subscribes to once <paramref name="before"/> is <paramref name="after"/>: a copy that operations compute with.</summary>
    public Dictionary<string, SubscriptionCount> PlanTopics(ConsumerGroupMember? before, ConsumerGroupMember? after)
    {
        var plan = CopyTopics();
        Add(plan, before?.SubscribedTopicNames, -1, 0);
        Add(plan, after?.SubscribedTopicNames, 1, 0);
        if (before?.Regex is { } regex && regex != after?.Regex && PatternMemberCount(regex) == 1)
        {
            Add(plan, Resolved(regex)?.Topics, 0, -1);
        }

        return plan;
    }

    /// <summary>What the group subscribes to without these members and patterns.</summary>
    public Dictionary<string, SubscriptionCount> PlanTopicsWithout(IEnumerable<ConsumerGroupMember> members, IEnumerable<string> patterns)
    {
        var plan = CopyTopics();
        foreach (var member in members)
        {
            Add(plan, member.SubscribedTopicNames, -1, 0);
        }

        foreach (var pattern in patterns)
        {
            Add(plan, Resolved(pattern)?.Topics, 0, -1);
        }

        return plan;
    }

    /// <summary>What the group subscribes to once these patterns are resolved anew.</summary>
    public Dictionary<string, SubscriptionCount> PlanTopicsWith(IReadOnlyDictionary<string, ResolvedPattern> patterns)
    {
        var plan = CopyTopics();
        foreach (var (pattern, resolved) in patterns)
        {
            Add(plan, Resolved(pattern)?.Topics, 0, -1);
            Add(plan, resolved.Topics, 0, 1);
        }

        return plan;
    }

    /// <summary>Whether all members subscribe to the same topics once <paramref name="before"/> is <paramref name="after"/>.</summary>
    public SubscriptionType PlanSubscriptionType(Dictionary<string, SubscriptionCount> topics, ConsumerGroupMember? before, ConsumerGroupMember after)
    {
        var members = MemberCount + (HasMember(after.MemberId) || StaticMemberId(after.InstanceId) is not null ? 0 : 1);
        var patterns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (pattern, count) in _patternMembers)
        {
            patterns[pattern] = count;
        }

        if (before?.Regex is { } oldPattern && patterns.GetValueOrDefault(oldPattern) is var rest && rest > 0)
        {
            patterns[oldPattern] = rest - 1;
        }

        if (after.Regex is { } newPattern)
        {
            patterns[newPattern] = patterns.GetValueOrDefault(newPattern) + 1;
        }

        var inUse = patterns.Where(pattern => pattern.Value > 0).ToList();
        if (inUse.Count == 0)
        {
            return topics.Values.All(count => count.ByName == members) ? SubscriptionType.Homogeneous : SubscriptionType.Heterogeneous;
        }

        return inUse.Count == 1 && inUse[0].Value == members && topics.Values.All(count => count is { ByPattern: 1, ByName: <= 0 })
            ? SubscriptionType.Homogeneous
            : SubscriptionType.Heterogeneous;
    }

    private Dictionary<string, SubscriptionCount> CopyTopics()
    {
        var copy = new Dictionary<string, SubscriptionCount>(_topics.Count, StringComparer.Ordinal);
        foreach (var (topic, count) in _topics)
        {
            copy[topic] = count;
        }

        return copy;
    }

    private static void Add(Dictionary<string, SubscriptionCount> plan, TopicNameSet? topics, int byName, int byPattern)
    {
        foreach (var topic in topics?.Names ?? [])
        {
            var count = plan.GetValueOrDefault(topic).Plus(byName, byPattern);
            if (count.IsNone)
            {
                plan.Remove(topic);
            }
            else
            {
                plan[topic] = count;
            }
        }
    }
}
