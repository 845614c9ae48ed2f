using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    /// <summary>
    /// Whether somebody may commit offsets of a group. What is returned must then be asked for each partition: a member that is behind may commit what it
    /// was given in its epoch or before and still has, and nothing else (G5).
    /// </summary>
    /// <returns>Throws a <see cref="CoordinatorException"/> for a partition that may not be committed; null when all may.</returns>
    /// <exception cref="CoordinatorException">The member is not known or is not in that epoch.</exception>
    public static Action<TopicPartition, Uuid>? ValidateOffsetCommit(
        ConsumerGroup group, string memberId, string? instanceId, int epoch, bool isTransactional, short apiVersion)
    {
        // Tools and consumers that assign partitions by hand are no members: they may commit while the group has none.
        if (epoch < 0 && group.IsEmpty)
        {
            return null;
        }

        if (isTransactional && epoch == -1 && memberId.Length == 0 && instanceId is null)
        {
            return null;
        }

        var member = ExistingMember(group, memberId);
        if (!isTransactional && !member.UsesClassicProtocol && apiVersion < 9)
        {
            throw new CoordinatorException(
                ErrorCode.UnsupportedVersion, "OffsetCommit version 9 or above must be used by members using the consumer group protocol");
        }

        if (epoch > member.MemberEpoch)
        {
            throw member.UsesClassicProtocol
                ? new CoordinatorException(
                    ErrorCode.IllegalGeneration, $"Received generation id {epoch} is newer than current member epoch {member.MemberEpoch}.")
                : new CoordinatorException(
                    ErrorCode.StaleMemberEpoch, $"Received member epoch {epoch} is newer than current member epoch {member.MemberEpoch}.");
        }

        return epoch == member.MemberEpoch ? null : (partition, topicId) => CheckOwner(member, epoch, partition, topicId);
    }

    /// <summary>Whether a member may fetch offsets of the group; as of an offset.</summary>
    /// <exception cref="CoordinatorException">The member is not known or is in another epoch.</exception>
    public static void ValidateOffsetFetch(ConsumerGroup group, string? memberId, int epoch, long offset)
    {
        if (memberId is null && epoch < 0)
        {
            return;
        }

        var member = (memberId is null ? null : group.Member(memberId, offset))
            ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {group.GroupId}.");
        if (epoch == member.MemberEpoch)
        {
            return;
        }

        throw member.UsesClassicProtocol
            ? new CoordinatorException(
                ErrorCode.IllegalGeneration, $"The received generation id {epoch} does not match the expected member epoch {member.MemberEpoch}.")
            : new CoordinatorException(
                ErrorCode.StaleMemberEpoch, $"The received member epoch {epoch} does not match the expected member epoch {member.MemberEpoch}.");
    }

    private static void CheckOwner(ConsumerGroupMember member, int epoch, TopicPartition partition, Uuid topicId)
    {
        var error = member.UsesClassicProtocol ? ErrorCode.IllegalGeneration : ErrorCode.StaleMemberEpoch;
        if (member.AssignmentEpochOf(topicId, partition.Partition) is not { } assigned)
        {
            throw new CoordinatorException(error, $"Partition {partition} is not assigned or pending revocation for member.");
        }

        if (epoch < assigned)
        {
            var name = member.UsesClassicProtocol ? "generation id" : "member epoch";
            throw new CoordinatorException(error, $"Received {name} {epoch} is older than assignment epoch {assigned} for partition {partition}.");
        }
    }
}
