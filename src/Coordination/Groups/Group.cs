using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>What all groups of a shard have in common, whatever protocol their members speak. For the shard's thread alone.</summary>
public abstract class Group(GroupId id)
{
    public GroupId Id { get; } = id;

    public abstract GroupType Type { get; }

    /// <summary>No members.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>The state's name as of an offset, as Kafka writes it.</summary>
    public abstract string StateName(long committedOffset);

    /// <summary>The group in the list of groups.</summary>
    public abstract ListGroupsResponse.ListedGroup Listed(long committedOffset);

    public abstract bool HasMember(string memberId);

    /// <summary>May this member commit offsets, with this generation or member epoch? Null lets all its partitions in.</summary>
    /// <exception cref="CoordinatorException">It may not.</exception>
    public abstract CommitPartitionCheck? ValidateOffsetCommit(string memberId, string? instanceId, int generationOrEpoch, bool isTransactional, short apiVersion);

    /// <summary>May this member read offsets?</summary>
    /// <exception cref="CoordinatorException">It may not.</exception>
    public abstract void ValidateOffsetFetch(string? memberId, int memberEpoch, long committedOffset);

    /// <summary>May offsets of the group be deleted?</summary>
    /// <exception cref="CoordinatorException">They may not.</exception>
    public abstract void ValidateOffsetDelete();

    /// <summary>May the group be deleted?</summary>
    /// <exception cref="CoordinatorException">It may not.</exception>
    public abstract void ValidateDelete();

    /// <summary>Whether a member wants the topic, so that its offsets are in use. True where the group does not know what its members want.</summary>
    public abstract bool IsSubscribedTo(TopicName topic);

    /// <summary>The records that remove the group.</summary>
    public abstract void AddTombstones(List<CoordinatorRecord> records);

    /// <summary>From when the retention of its offsets counts; null while they do not expire.</summary>
    public abstract OffsetExpiration? OffsetExpiration();
}
