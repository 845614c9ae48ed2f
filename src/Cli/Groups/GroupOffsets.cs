using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Cli;

/// <summary>What groups have committed, whatever their type: share groups keep it elsewhere than all others (KIP-932).</summary>
internal sealed class GroupOffsets
{
    private readonly Session _session;
    private readonly GroupListing? _listing;

    private GroupOffsets(Session session, string groupId, GroupListing? listing)
    {
        _session = session;
        GroupId = groupId;
        _listing = listing;
    }

    public string GroupId { get; }

    private bool IsShare => _listing?.Type == GroupType.Share;

    /// <summary>Looks for the group: one that is not there yet can be given offsets all the same.</summary>
    public static async Task<GroupOffsets> OfAsync(Session session, string groupId, CancellationToken cancellationToken) =>
        new(session, groupId, (await session.Admin.ListGroupsAsync(null, cancellationToken)).FirstOrDefault(group => group.GroupId == groupId));

    /// <summary>The coordinator refuses changes while there are members, in words that say little: this says who they are.</summary>
    /// <exception cref="CliException">The group has members.</exception>
    public async Task RequireNoMembersAsync(CancellationToken cancellationToken)
    {
        if (_listing is not null && await GroupReading.DescribeAsync(_session, _listing, cancellationToken) is { Members.Count: > 0 } group)
        {
            throw CliException.Failed(
                $"group {GroupId} is {group.State} with {Units.Many(group.Members.Count, "member")}: its offsets are theirs to change",
                $"stop them first, and wait for session.timeout.ms where they were killed: \"moldau groups describe {GroupId} --members\" shows them");
        }
    }

    /// <summary>What is committed.</summary>
    public async Task<Dictionary<TopicPartition, long>> CommittedAsync(CancellationToken cancellationToken)
    {
        if (!IsShare)
        {
            return (await _session.Admin.ListConsumerGroupOffsetsAsync(GroupId, null, cancellationToken)).ToDictionary(offset => offset.Key, offset => offset.Value.Offset);
        }

        var wanted = new Dictionary<string, IReadOnlyCollection<TopicPartition>?> { [GroupId] = null };
        var offsets = (await _session.Admin.ListShareGroupOffsetsAsync(wanted, cancellationToken))[GroupId].Value;
        return offsets.Where(offset => offset.Value.ValueOrDefault is not null).ToDictionary(offset => offset.Key, offset => offset.Value.Value!.StartOffset);
    }

    public Task<IReadOnlyDictionary<TopicPartition, AdminResult>> AlterAsync(IReadOnlyDictionary<TopicPartition, long> offsets, CancellationToken cancellationToken) => IsShare
        ? _session.Admin.AlterShareGroupOffsetsAsync(GroupId, offsets, cancellationToken)
        : _session.Admin.AlterConsumerGroupOffsetsAsync(GroupId, offsets.ToDictionary(entry => entry.Key, entry => new CommittedOffset(entry.Value)), cancellationToken);

    /// <summary>Has the group forget the partitions; a share group forgets whole topics.</summary>
    public async Task<IReadOnlyDictionary<TopicPartition, AdminResult>> DeleteAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (!IsShare)
        {
            return await _session.Admin.DeleteConsumerGroupOffsetsAsync(GroupId, partitions, cancellationToken);
        }

        string[] topics = [.. partitions.Select(partition => partition.Topic.Value).Distinct(StringComparer.Ordinal)];
        var results = await _session.Admin.DeleteShareGroupOffsetsAsync(GroupId, topics, cancellationToken);
        return partitions.ToDictionary(partition => partition, partition => results[partition.Topic.Value]);
    }
}
