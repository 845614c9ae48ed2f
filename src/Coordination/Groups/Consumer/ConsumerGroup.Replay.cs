using Moldau.Core;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroup
{
    /// <summary>Puts a member in, or another version of it.</summary>
    /// <exception cref="InvalidOperationException">Another member has one of its partitions in the same or a later epoch: the log is damaged.</exception>
    public void Update(ConsumerGroupMember member)
    {
        var before = Member(member.MemberId);
        _members[member.MemberId] = member;
        CountSubscriptions(before, member);
        if (before is not null)
        {
            RemovePartitions(before);
        }

        AddPartitions(member.AssignedPartitions.Partitions, member.MemberEpoch);
        AddPartitions(member.PartitionsPendingRevocation.Partitions, member.MemberEpoch);
        if (before?.InstanceId is { } instanceBefore && instanceBefore != member.InstanceId)
        {
            _staticMembers.Remove(instanceBefore);
        }

        if (member.InstanceId is { } instanceId && StaticMemberId(instanceId) != member.MemberId)
        {
            _staticMembers[instanceId] = member.MemberId;
        }
    }

    public void Remove(string memberId)
    {
        if (Member(memberId) is not { } before)
        {
            return;
        }

        _members.Remove(memberId);
        CountSubscriptions(before, null);
        RemovePartitions(before);
        if (before.InstanceId is { } instanceId)
        {
            _staticMembers.Remove(instanceId);
        }
    }

    public void SetTarget(string memberId, PartitionSet partitions) => _targets[memberId] = partitions;

    public void RemoveTarget(string memberId) => _targets.Remove(memberId);

    public void SetResolved(string pattern, ResolvedPattern resolved)
    {
        RemoveResolved(pattern);
        _patterns[pattern] = resolved;
        CountTopics(resolved.Topics, 0, 1);
    }

    public void RemoveResolved(string pattern)
    {
        if (Resolved(pattern) is { } before)
        {
            _patterns.Remove(pattern);
            CountTopics(before.Topics, 0, -1);
        }
    }

    private void CountSubscriptions(ConsumerGroupMember? before, ConsumerGroupMember? after)
    {
        if (before is null || !before.SubscribedTopicNames.Equals(after?.SubscribedTopicNames))
        {
            CountTopics(before?.SubscribedTopicNames, -1, 0);
            CountTopics(after?.SubscribedTopicNames, 1, 0);
        }

        Count(_patternMembers, before?.Regex, after?.Regex);
        Count(_serverAssignors, before?.ServerAssignor, after?.ServerAssignor);
        if (!Equals(before?.Classic, after?.Classic))
        {
            _classicMembers.Value += (after?.UsesClassicProtocol == true ? 1 : 0) - (before?.UsesClassicProtocol == true ? 1 : 0);
            foreach (var (name, _) in before?.Classic?.Supported ?? [])
            {
                Count(_classicProtocols, name, null);
            }

            foreach (var (name, _) in after?.Classic?.Supported ?? [])
            {
                Count(_classicProtocols, null, name);
            }
        }
    }

    private void CountTopics(TopicNameSet? topics, int byName, int byPattern)
    {
        foreach (var topic in topics?.Names ?? [])
        {
            var count = _topics.GetValueOrDefault(topic).Plus(byName, byPattern);
            if (count.IsNone)
            {
                _topics.Remove(topic);
            }
            else
            {
                _topics[topic] = count;
            }
        }
    }

    private static void Count(TimelineDictionary<string, int> counts, string? minus, string? plus)
    {
        if (minus == plus)
        {
            return;
        }

        if (minus is not null)
        {
            if (counts.GetValueOrDefault(minus) is > 1 and var count)
            {
                counts[minus] = count - 1;
            }
            else
            {
                counts.Remove(minus);
            }
        }

        if (plus is not null)
        {
            counts[plus] = counts.GetValueOrDefault(plus) + 1;
        }
    }

    /// <summary>
    /// In a compacted log the record with which the member gave a partition up may be gone while another's that took it is there: then the partition is
    /// the other's, in a later epoch (KAFKA-16147).
    /// </summary>
    private void RemovePartitions(ConsumerGroupMember member)
    {
        RemovePartitions(member.AssignedPartitions.Partitions, member.MemberEpoch);
        RemovePartitions(member.PartitionsPendingRevocation.Partitions, member.MemberEpoch);
    }

    private void RemovePartitions(PartitionSet partitions, int epoch)
    {
        foreach (var topic in partitions.Topics)
        {
            foreach (var partition in partitions.Of(topic))
            {
                if (PartitionEpoch(topic, partition) == epoch)
                {
                    _partitionEpochs.Remove((topic, partition));
                }
            }
        }
    }

    private void AddPartitions(PartitionSet partitions, int epoch)
    {
        foreach (var topic in partitions.Topics)
        {
            foreach (var partition in partitions.Of(topic))
            {
                if (_partitionEpochs.TryGetValue((topic, partition), out var current) && current >= epoch)
                {
                    throw new InvalidOperationException(
                        $"group {Id}: partition {topic}-{partition} cannot be taken in epoch {epoch}, as it is still owned in epoch {current}");
                }

                _partitionEpochs[(topic, partition)] = epoch;
            }
        }
    }
}
