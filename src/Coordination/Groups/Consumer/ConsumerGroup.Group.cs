using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroup
{
    public override GroupType Type => GroupType.Consumer;

    public override string StateName(long committedOffset) => StateAt(committedOffset).ToString();

    public override ListGroupsResponse.ListedGroup Listed(long committedOffset) => new()
    {
        GroupId = Id,
        ProtocolType = ClassicGroup.ConsumerProtocolType,
        GroupState = StateName(committedOffset),
        GroupType = GroupTypes.NameOf(GroupType.Consumer),
    };

    /// <summary>
    /// A member that is behind may commit what it was given in its epoch or before and still has, and nothing else (G5). Tools and consumers that assign
    /// partitions by hand are no members: they may commit while the group has none.
    /// </summary>
    public override CommitPartitionCheck? ValidateOffsetCommit(string memberId, string? instanceId, int generationOrEpoch, bool isTransactional, short apiVersion)
    {
        if (generationOrEpoch < 0 && IsEmpty)
        {
            return null;
        }

        if (isTransactional && generationOrEpoch == -1 && memberId.Length == 0 && instanceId is null)
        {
            return null;
        }

        var member = Member(memberId) ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {Id}.");
        if (!isTransactional && !member.UsesClassicProtocol && apiVersion < 9)
        {
            throw new CoordinatorException(
                ErrorCode.UnsupportedVersion, "OffsetCommit version 9 or above must be used by members using the consumer group protocol");
        }

        if (generationOrEpoch > member.MemberEpoch)
        {
            throw Behind(member, "Received {0} " + generationOrEpoch + $" is newer than current member epoch {member.MemberEpoch}.");
        }

        return generationOrEpoch == member.MemberEpoch
            ? null
            : (topic, topicId, partition) => CheckOwner(member, generationOrEpoch, topic, topicId, partition);
    }

    public override void ValidateOffsetFetch(string? memberId, int memberEpoch, long committedOffset)
    {
        if (memberId is null && memberEpoch < 0)
        {
            return;
        }

        var member = (memberId is null ? null : Member(memberId, committedOffset))
            ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {Id}.");
        if (memberEpoch != member.MemberEpoch)
        {
            throw Behind(member, "The received {0} " + memberEpoch + $" does not match the expected member epoch {member.MemberEpoch}.");
        }
    }

    public override void ValidateOffsetDelete()
    {
        // Offsets of topics that nobody subscribes to may go at any time; that is asked for each topic.
    }

    public override void ValidateDelete()
    {
        if (!IsEmpty)
        {
            throw new CoordinatorException(ErrorCode.NonEmptyGroup, $"group {Id} has members");
        }
    }

    public override bool IsSubscribedTo(TopicName topic) => _topics.ContainsKey(topic.Value);

    public override void AddTombstones(List<CoordinatorRecord> records) => AddTombstones(null, null, records);

    public override OffsetExpiration? OffsetExpiration() => static offset => offset.CommitTimestampMs;

    /// <summary>The records that remove the group after records that put one member into the place of another.</summary>
    internal void AddTombstones(string? replaced, string? replacing, List<CoordinatorRecord> records)
    {
        var members = Members.Select(member => member.MemberId == replaced ? replacing! : member.MemberId).ToList();
        records.AddRange(members.Select(member => ConsumerGroupRecords.CurrentTombstone(Id, member)));
        records.AddRange(members.Select(member => ConsumerGroupRecords.TargetTombstone(Id, member)));
        records.Add(ConsumerGroupRecords.TargetMetadataTombstone(Id));
        records.AddRange(members.Select(member => ConsumerGroupRecords.MemberMetadataTombstone(Id, member)));
        records.AddRange(ResolvedPatternTexts.Order(StringComparer.Ordinal).Select(pattern => ConsumerGroupRecords.PatternTombstone(Id, pattern)));
        records.Add(ConsumerGroupRecords.PartitionMetadataTombstone(Id));
        records.Add(ConsumerGroupRecords.EpochTombstone(Id));
    }

    private static void CheckOwner(ConsumerGroupMember member, int epoch, TopicName topic, Uuid topicId, PartitionIndex partition)
    {
        if (member.AssignmentEpochOf(topicId, partition) is not { } assigned)
        {
            throw Behind(member, $"Partition {topic}-{partition} is not assigned or pending revocation for member.");
        }

        if (epoch < assigned)
        {
            throw Behind(member, "Received {0} " + epoch + $" is older than assignment epoch {assigned} for partition {topic}-{partition}.");
        }
    }

    private static CoordinatorException Behind(ConsumerGroupMember member, string message) => member.UsesClassicProtocol
        ? new CoordinatorException(ErrorCode.IllegalGeneration, message.Replace("{0}", "generation id", StringComparison.Ordinal))
        : new CoordinatorException(ErrorCode.StaleMemberEpoch, message.Replace("{0}", "member epoch", StringComparison.Ordinal));
}
