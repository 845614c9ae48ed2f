using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>
/// One step of a member towards its target assignment (KIP-848): it gives up what is no longer its own, enters the target's epoch once it has, and
/// takes what nobody else has any more. Pure; used once.
/// </summary>
/// <param name="member">The member as it is.</param>
/// <param name="targetEpoch">The epoch of the target.</param>
/// <param name="target">What the member should have.</param>
/// <param name="subscribedTopics">The topics it subscribes to, by name or by a pattern that is resolved: it gets no others, whatever the target says.</param>
/// <param name="partitionEpoch">The epoch in which somebody has a partition; -1 when nobody has.</param>
/// <param name="owned">What the member says it has; null when it says nothing.</param>
public sealed class MemberReconciler(
    ConsumerGroupMember member,
    int targetEpoch,
    PartitionSet target,
    IReadOnlySet<Uuid> subscribedTopics,
    Func<Uuid, int, int> partitionEpoch,
    PartitionSet? owned)
{
    /// <summary>The member after the step; the same object when there was nothing to do.</summary>
    /// <param name="hasSubscriptionChanged">Whether this request changed it: what it no longer subscribes to is revoked at once, before a new target.</param>
    /// <exception cref="CoordinatorException">FENCED_MEMBER_EPOCH: the member is in a state that this release does not know.</exception>
    public ConsumerGroupMember Reconcile(bool hasSubscriptionChanged)
    {
        switch (member.State)
        {
            case MemberState.Stable when member.MemberEpoch != targetEpoch:
            case MemberState.UnreleasedPartitions:
                return Next(member.MemberEpoch);
            case MemberState.UnrevokedPartitions when !StillOwns(member.PartitionsPendingRevocation.Partitions):
                return Next(member.MemberEpoch);
            case MemberState.Stable or MemberState.UnrevokedPartitions:
                return hasSubscriptionChanged ? RevokeUnsubscribed() : member;
            default:
                return owned is { IsEmpty: true }
                    ? Next(targetEpoch)
                    : throw new CoordinatorException(
                        ErrorCode.FencedMemberEpoch,
                        "The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.");
        }
    }

    private bool StillOwns(PartitionSet revoked) => owned is null || OwnedPartitions.Overlap(owned, revoked);

    /// <summary>The target does not matter yet: only what it unsubscribed from goes.</summary>
    private ConsumerGroupMember RevokeUnsubscribed()
    {
        var assigned = member.AssignedPartitions;
        if (assigned.Partitions.Topics.All(subscribedTopics.Contains))
        {
            return member;
        }

        var kept = new PartitionEpochsBuilder();
        var revoked = new PartitionEpochsBuilder(member.PartitionsPendingRevocation);
        for (var i = 0; i < assigned.Partitions.Topics.Count; i++)
        {
            (subscribedTopics.Contains(assigned.Partitions.Topics[i]) ? kept : revoked).AddTopic(assigned, i);
        }

        var pending = revoked.Build();
        return StillOwns(pending.Partitions)
            ? member.InEpoch(member.MemberEpoch) with
            {
                State = MemberState.UnrevokedPartitions,
                AssignedPartitions = kept.Build(),
                PartitionsPendingRevocation = pending,
            }
            : member.InEpoch(member.MemberEpoch) with { AssignedPartitions = kept.Build() };
    }

    private ConsumerGroupMember Next(int epoch)
    {
        var kept = new PartitionEpochsBuilder();
        var revoked = new PartitionEpochsBuilder();
        var assigned = member.AssignedPartitions;
        for (var i = 0; i < assigned.Partitions.Topics.Count; i++)
        {
            var topic = assigned.Partitions.Topics[i];
            var isSubscribed = subscribedTopics.Contains(topic);
            var partitions = assigned.Partitions.At(i);
            for (var p = 0; p < partitions.Length; p++)
            {
                var stays = isSubscribed && target.Contains(topic, partitions[p]);
                (stays ? kept : revoked).Add(topic, partitions[p], assigned.At(i)[p]);
            }
        }

        var pending = revoked.Build();
        if (!pending.IsEmpty && StillOwns(pending.Partitions))
        {
            return member.InEpoch(epoch) with
            {
                State = MemberState.UnrevokedPartitions,
                AssignedPartitions = kept.Build(),
                PartitionsPendingRevocation = pending,
            };
        }

        var isWaiting = TakeFree(kept);
        return member.InEpoch(targetEpoch) with
        {
            State = isWaiting ? MemberState.UnreleasedPartitions : MemberState.Stable,
            AssignedPartitions = kept.Build(),
            PartitionsPendingRevocation = PartitionEpochs.Empty,
        };
    }

    /// <summary>Adds what the target has more and nobody else holds; true when others still hold some of it.</summary>
    private bool TakeFree(PartitionEpochsBuilder kept)
    {
        var isWaiting = false;
        foreach (var topic in target.Topics)
        {
            if (!subscribedTopics.Contains(topic))
            {
                continue;
            }

            foreach (var partition in target.Of(topic))
            {
                if (member.AssignedPartitions.Partitions.Contains(topic, partition))
                {
                    continue;
                }

                // What this member itself was to give up and now keeps is not somebody else's.
                if (partitionEpoch(topic, partition) != -1 && !member.PartitionsPendingRevocation.Partitions.Contains(topic, partition))
                {
                    isWaiting = true;
                    continue;
                }

                kept.Add(topic, partition, targetEpoch);
            }
        }

        return isWaiting;
    }
}
