using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class GroupShard
{
    private const short GroupIdNotFoundVersion = 9;

    /// <summary>OffsetCommit, for topics that exist. A commit of nobody's to a group that does not exist makes a group that keeps offsets only.</summary>
    /// <exception cref="CoordinatorException">The member may not commit.</exception>
    public CoordinatorResult<OffsetCommitResponse> CommitOffsets(GroupRequest sender, OffsetCommitRequest request)
    {
        var group = Groups.Find(request.GroupId);
        if (group is null)
        {
            if (request.GenerationIdOrMemberEpoch >= 0)
            {
                throw sender.ApiVersion >= GroupIdNotFoundVersion
                    ? new CoordinatorException(ErrorCode.GroupIdNotFound, $"Group {request.GroupId} not found.")
                    : new CoordinatorException(ErrorCode.IllegalGeneration, $"group {request.GroupId} does not exist");
            }

            group = Groups.Classic(request.GroupId, create: true)!;
        }

        var result = Offsets.Commit(sender, request, group);
        if (group is ClassicGroup { State: ClassicGroupState.Stable or ClassicGroupState.PreparingRebalance } classic && classic.Member(request.MemberId) is { } member)
        {
            ScheduleHeartbeat(classic, member);
        }

        return result;
    }

    /// <summary>TxnOffsetCommit, for topics that exist.</summary>
    /// <exception cref="CoordinatorException">The member may not commit.</exception>
    public CoordinatorResult<TxnOffsetCommitResponse> CommitTransactionalOffsets(GroupRequest sender, TxnOffsetCommitRequest request)
    {
        var group = Groups.Find(request.GroupId);
        if (group is null && request.GenerationIdOrMemberEpoch >= 0)
        {
            throw new CoordinatorException(ErrorCode.IllegalGeneration, $"group {request.GroupId} does not exist");
        }

        return Offsets.CommitTransactional(sender, request, group ?? Groups.Classic(request.GroupId, create: true)!);
    }

    /// <summary>OffsetFetch of one group: the topics named, or all.</summary>
    /// <exception cref="CoordinatorException">The member may not read.</exception>
    public OffsetFetchResponse.OffsetFetchResponseGroup FetchOffsets(OffsetFetchRequest.OffsetFetchRequestGroup request, long committedOffset) =>
        request.Topics is null ? Offsets.FetchAll(request, committedOffset) : Offsets.Fetch(request, committedOffset);

    /// <summary>OffsetDelete.</summary>
    /// <exception cref="CoordinatorException">There is no such group, or it does not allow it.</exception>
    public CoordinatorResult<OffsetDeleteResponse> DeleteOffsets(OffsetDeleteRequest request) => Offsets.Delete(request);

    /// <summary>Offsets of topics that are gone go too.</summary>
    public CoordinatorResult<bool> OnTopicsDeleted(IReadOnlyList<(TopicName Name, Uuid Id)> deleted) =>
        new(Offsets.OnTopicsDeleted(deleted), true, IsAtomic: false);

    /// <summary>DeleteGroups: groups without members, with all their offsets.</summary>
    public CoordinatorResult<List<DeleteGroupsResponse.DeletableGroupResult>> DeleteGroups(IReadOnlyList<GroupId> groups)
    {
        var records = new List<CoordinatorRecord>();
        var results = new List<DeleteGroupsResponse.DeletableGroupResult>();
        foreach (var id in groups)
        {
            try
            {
                var group = Groups.Require(id);
                group.ValidateDelete();
                _metrics.Deleted(Offsets.DeleteAll(id, records));
                group.AddTombstones(records);
                results.Add(new() { GroupId = id });
            }
            catch (CoordinatorException refused)
            {
                results.Add(new() { GroupId = id, ErrorCode = refused.Error, ErrorMessage = refused.Message });
            }
        }

        return new(records, results, IsAtomic: false);
    }
}
