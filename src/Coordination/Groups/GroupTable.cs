using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>The groups of a shard, of all types, by id and by offset. For the shard's thread alone.</summary>
public sealed class GroupTable(SnapshotRegistry snapshots, TimeProvider time)
{
    private readonly TimelineDictionary<GroupId, Group> _groups = new(snapshots);

    /// <summary>All groups as they are now.</summary>
    public IReadOnlyCollection<Group> All => _groups.Values;

    /// <summary>The newest state of a group; null when there is none.</summary>
    public Group? Find(GroupId id) => _groups.GetValueOrDefault(id);

    /// <summary>The group as of an offset.</summary>
    public Group? Find(GroupId id, long committedOffset) => _groups.TryGetValue(id, committedOffset, out var group) ? group : null;

    /// <exception cref="CoordinatorException">GROUP_ID_NOT_FOUND.</exception>
    public Group Require(GroupId id) => Find(id) ?? throw NotFound(id);

    /// <exception cref="CoordinatorException">GROUP_ID_NOT_FOUND.</exception>
    public Group Require(GroupId id, long committedOffset) => Find(id, committedOffset) ?? throw NotFound(id);

    /// <summary>The groups that there were at an offset.</summary>
    public IEnumerable<Group> At(long committedOffset) => _groups.At(committedOffset).Select(entry => entry.Value);

    public void Put(Group group) => _groups[group.Id] = group;

    public void Remove(GroupId id) => _groups.Remove(id);

    /// <summary>The classic group of an id; null when there is none and <paramref name="create"/> is false.</summary>
    /// <exception cref="CoordinatorException">GROUP_ID_NOT_FOUND: the group is of another type.</exception>
    public ClassicGroup? Classic(GroupId id, bool create)
    {
        switch (Find(id))
        {
            case ClassicGroup classic:
                return classic;
            case null when create:
                var group = new ClassicGroup(id, time);
                Put(group);
                return group;
            case null:
                return null;
            default:
                throw new CoordinatorException(ErrorCode.GroupIdNotFound, $"Group {id} is not a classic group.");
        }
    }

    /// <summary>Offsets of a group that there is no other record of make a group that keeps offsets only.</summary>
    public void EnsureForOffsets(GroupId id)
    {
        if (Find(id) is null)
        {
            Put(new ClassicGroup(id, time));
        }
    }

    private static CoordinatorException NotFound(GroupId id) => new(ErrorCode.GroupIdNotFound, $"Group {id} not found.");
}
