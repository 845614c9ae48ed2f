using Moldau.Core;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

/// <summary>Makes the records of <c>__consumer_offsets</c>, in the versions that Apache Kafka 4.4 writes. Stateless.</summary>
public static partial class GroupRecords
{
    private const short GroupMetadataVersion = 3;
    private const short OffsetCommitVersion = 4;
    private const short OffsetCommitVersionWithExpiry = 1;

    /// <summary>A classic group with these assignments by member id.</summary>
    public static CoordinatorRecord ClassicGroup(ClassicGroup group, Func<ClassicGroupMember, ReadOnlyMemory<byte>> assignment)
    {
        var value = new GroupMetadataValue
        {
            Protocol = group.ProtocolName,
            ProtocolType = group.ProtocolType ?? "",
            Generation = group.Generation,
            Leader = group.LeaderId,
            CurrentStateTimestamp = group.StateSinceMs ?? -1,
        };
        foreach (var member in group.Members)
        {
            value.Members.Add(new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.GroupInstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.Metadata(group.ProtocolName!),
                Assignment = assignment(member),
            });
        }

        return new CoordinatorRecord(new GroupMetadataKey { Group = group.Id }, value, GroupMetadataVersion);
    }

    /// <summary>A classic group that nobody has joined yet.</summary>
    public static CoordinatorRecord EmptyClassicGroup(ClassicGroup group) => new(
        new GroupMetadataKey { Group = group.Id },
        new GroupMetadataValue { Protocol = null, ProtocolType = "", Generation = 0, Leader = null, CurrentStateTimestamp = group.StateSinceMs ?? -1 },
        GroupMetadataVersion);

    public static CoordinatorRecord ClassicGroupTombstone(GroupId group) => CoordinatorRecord.Tombstone(new GroupMetadataKey { Group = group });

    public static CoordinatorRecord Offset(GroupId group, TopicName topic, PartitionIndex partition, CommittedOffset offset) => new(
        new OffsetCommitKey { Group = group, Topic = topic, Partition = partition },
        new OffsetCommitValue
        {
            Offset = offset.Offset,
            LeaderEpoch = offset.LeaderEpoch,
            Metadata = offset.Metadata,
            CommitTimestamp = offset.CommitTimestampMs,
            ExpireTimestamp = offset.ExpireTimestampMs ?? -1,
            TopicId = offset.TopicId,
        },
        offset.ExpireTimestampMs is null ? OffsetCommitVersion : OffsetCommitVersionWithExpiry);

    public static CoordinatorRecord OffsetTombstone(GroupId group, TopicName topic, PartitionIndex partition) =>
        CoordinatorRecord.Tombstone(new OffsetCommitKey { Group = group, Topic = topic, Partition = partition });
}
