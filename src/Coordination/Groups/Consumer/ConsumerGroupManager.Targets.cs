using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    /// <summary>Computes the targets of the epoch when they are older, and not before the group's assignment interval is over.</summary>
    private (int Epoch, PartitionSet Target) UpdateTarget(
        ConsumerGroup group,
        int epoch,
        ConsumerGroupMember member,
        ConsumerGroupMember updated,
        Func<SubscriptionType> subscriptionType,
        List<CoordinatorRecord> records)
    {
        var intervalMs = Options.TimeoutsOf(group.Id).AssignmentIntervalMs;
        var last = group.Target;
        if (last.Epoch >= epoch || (last.TimestampMs != 0 && intervalMs != 0 && NowMs < last.TimestampMs + intervalMs))
        {
            return (last.Epoch, LastTarget(group, updated));
        }

        var assignor = Options.Assignor(group.PreferredAssignor(member, updated));
        try
        {
            var targets = Assign(group, assignor, updated, subscriptionType(), records);
            records.Add(ConsumerGroupRecords.TargetMetadata(group.Id, epoch, NowMs));
            Logger.LogInformation(
                "[GroupId {Group}] Computed a new target assignment for epoch {Epoch} with '{Assignor}' assignor.", group.Id, epoch, assignor.Name);
            return (epoch, targets.GetValueOrDefault(updated.MemberId) ?? PartitionSet.Empty);
        }
        catch (PartitionAssignorException exception)
        {
            throw new CoordinatorException(
                ErrorCode.UnknownServerError, $"Failed to compute a new target assignment for epoch {epoch}: {exception.Message}");
        }
    }

    /// <summary>The target it has; a static member has that of the one whose place it takes.</summary>
    private static PartitionSet LastTarget(ConsumerGroup group, ConsumerGroupMember member) =>
        member.InstanceId is null ? group.TargetOf(member.MemberId)
        : group.StaticMemberId(member.InstanceId) is { } memberId ? group.TargetOf(memberId) : PartitionSet.Empty;

    /// <summary>Assigns anew, and adds the targets that changed.</summary>
    private IReadOnlyDictionary<string, PartitionSet> Assign(
        ConsumerGroup group,
        IPartitionAssignor assignor,
        ConsumerGroupMember updated,
        SubscriptionType subscriptionType,
        List<CoordinatorRecord> records)
    {
        var replaced = group.StaticMemberId(updated.InstanceId);
        var topics = new Dictionary<TopicNameSet, IReadOnlyList<Uuid>>();
        var members = group.Members
            .Where(member => member.MemberId != updated.MemberId && member.MemberId != replaced)
            .Append(updated)
            .Select(member => new AssignorMember(member.MemberId, member.InstanceId, Topics(member), TargetBefore(member) ?? PartitionSet.Empty))
            .ToList();
        var spec = new GroupSpec(members, subscriptionType, topic => _image.Topics.Find(topic)?.PartitionCount ?? -1);
        var targets = assignor.Assign(spec);
        foreach (var member in spec.Members)
        {
            var target = targets.GetValueOrDefault(member.MemberId) ?? PartitionSet.Empty;
            if (HasNoTarget(member.MemberId) || !target.Equals(member.Assignment))
            {
                records.Add(ConsumerGroupRecords.Target(group.Id, member.MemberId, target));
            }
        }

        return targets;

        string PlaceOf(string memberId) => memberId == updated.MemberId && replaced is not null ? replaced : memberId;

        bool HasNoTarget(string memberId) => !group.HasTarget(PlaceOf(memberId));

        PartitionSet? TargetBefore(ConsumerGroupMember member) => group.TargetOf(PlaceOf(member.MemberId));

        // Members mostly subscribe to the same: their topics are looked up once.
        IReadOnlyList<Uuid> Topics(ConsumerGroupMember member)
        {
            if (member.Regex is not null)
            {
                return [.. TopicIdsOf(group, member)];
            }

            if (!topics.TryGetValue(member.SubscribedTopicNames, out var ids))
            {
                topics[member.SubscribedTopicNames] = ids = [.. TopicIdsOf(group, member)];
            }

            return ids;
        }
    }

    /// <summary>The ids of the topics that the member subscribes to and that exist, ascending.</summary>
    private SortedSet<Uuid> TopicIdsOf(ConsumerGroup group, ConsumerGroupMember member)
    {
        var ids = new SortedSet<Uuid>();
        foreach (var name in group.TopicsOf(member))
        {
            if (_image.Topics.Find(name) is { } topic)
            {
                ids.Add(topic.Id);
            }
        }

        return ids;
    }
}
