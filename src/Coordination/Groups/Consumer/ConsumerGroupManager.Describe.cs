using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class ConsumerGroupManager
{
    /// <summary>Describes a group as of an offset; GROUP_ID_NOT_FOUND when there was none, or one of another kind.</summary>
    public ConsumerGroupDescribeResponse.DescribedGroup Describe(GroupId groupId, long offset)
    {
        if (_groups.Find(groupId, offset) is not ConsumerGroup group)
        {
            return new()
            {
                GroupId = groupId,
                ErrorCode = ErrorCode.GroupIdNotFound,
                ErrorMessage = _groups.Find(groupId) is not null ? $"Group {groupId} is not a consumer group." : $"Group {groupId} not found.",
            };
        }

        return new()
        {
            ErrorMessage = null,
            GroupId = groupId,
            GroupState = group.StateAt(offset).ToString(),
            GroupEpoch = group.EpochAt(offset),
            AssignmentEpoch = group.TargetAt(offset).Epoch,
            AssignorName = group.PreferredAssignorAt(offset) ?? Options.DefaultAssignor.Name,
            Members = [.. group.MembersAt(offset).Select(member => Describe(group, member, offset))],
        };
    }

    private ConsumerGroupDescribeResponse.Member Describe(ConsumerGroup group, ConsumerGroupMember member, long offset) => new()
    {
        MemberId = member.MemberId,
        MemberEpoch = member.MemberEpoch,
        InstanceId = member.InstanceId,
        RackId = member.RackId,
        ClientId = member.ClientId,
        ClientHost = member.ClientHost,
        SubscribedTopicNames = [.. member.SubscribedTopicNames.Names.Select(name => new TopicName(name))],
        SubscribedTopicRegex = member.SubscribedTopicRegex,
        Assignment = Describe(member.AssignedPartitions.Partitions, member.PartitionsPendingRevocation.Partitions),
        TargetAssignment = Describe(group.TargetAt(member.MemberId, offset), PartitionSet.Empty),
        MemberType = (sbyte)(member.UsesClassicProtocol ? 0 : 1),
    };

    private ConsumerGroupDescribeResponse.Assignment Describe(PartitionSet partitions, PartitionSet more)
    {
        var described = new ConsumerGroupDescribeResponse.Assignment();
        foreach (var id in partitions.Topics.Union(more.Topics))
        {
            if (_image.Topics.Find(id) is { } topic)
            {
                described.TopicPartitions.Add(new()
                {
                    TopicId = id,
                    TopicName = topic.Name,
                    Partitions = [.. partitions.Of(id).ToArray(), .. more.Of(id).ToArray()],
                });
            }
        }

        return described;
    }
}
