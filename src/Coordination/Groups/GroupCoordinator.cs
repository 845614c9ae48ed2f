using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>
/// What handlers ask of groups: it finds the shard of each group, has it decide, and gives what went wrong as the error that clients know. Any thread; no method blocks.
/// </summary>
public sealed partial class GroupCoordinator(CoordinatorRuntime<GroupShard> runtime, Func<GroupCoordinatorOptions> options, Func<int> partitionCount) : IDisposable
{
    /// <summary>The runtime, for its state and counters.</summary>
    public CoordinatorRuntime<GroupShard> Runtime => runtime;

    private long TimeoutMs => options().CommitTimeoutMs;

    /// <summary>The partition that keeps a group.</summary>
    public PartitionIndex PartitionOf(GroupId group) => CoordinatorPartition.OfId(group, partitionCount());

    /// <summary>This node leads a partition of the topic in a new epoch.</summary>
    public void OnElection(PartitionIndex partition, int leaderEpoch) => runtime.ScheduleLoad(partition, leaderEpoch);

    /// <summary>It leads it no more since the epoch; null when the partition is gone.</summary>
    public void OnResignation(PartitionIndex partition, int? leaderEpoch) => runtime.ScheduleUnload(partition, leaderEpoch);

    /// <summary>There is new metadata. Offsets of topics that are gone go too.</summary>
    public void OnNewImage(MetadataImage image, MetadataDelta delta)
    {
        runtime.OnNewImage(image, delta);
        if (delta.Topics is not { DeletedIds.Count: > 0 } topics)
        {
            return;
        }

        var deleted = new List<(TopicName Name, Uuid Id)>();
        foreach (var id in topics.DeletedIds)
        {
            deleted.Add((topics.Image.Find(id)!.Name, id));
        }

        foreach (var cleanup in runtime.ScheduleWriteAll("on-topics-deleted", TimeoutMs, shard => shard.OnTopicsDeleted(deleted)))
        {
            _ = WatchAsync(cleanup);
        }
    }

    /// <summary>Ends all shards.</summary>
    public void Dispose() => runtime.Dispose();

    /// <summary>
    /// JoinGroup. The task may take as long as a rebalance does. What is kept of the request is copied before this returns: the caller may release the request's frame.
    /// </summary>
    public Task<JoinGroupResponse> JoinAsync(GroupRequest sender, JoinGroupRequest request)
    {
        if (request.GroupId.Value.Length == 0)
        {
            return Task.FromResult(new JoinGroupResponse { MemberId = request.MemberId, ErrorCode = ErrorCode.InvalidGroupId });
        }

        if (request.SessionTimeoutMs < options().ClassicSessionTimeoutMsMin || request.SessionTimeoutMs > options().ClassicSessionTimeoutMsMax)
        {
            return Task.FromResult(new JoinGroupResponse { MemberId = request.MemberId, ErrorCode = ErrorCode.InvalidSessionTimeout });
        }

        foreach (var protocol in request.Protocols)
        {
            protocol.Metadata = protocol.Metadata.ToArray();
        }

        if (request.RebalanceTimeoutMs < 0)
        {
            // Version 0 has one time for both.
            request.RebalanceTimeoutMs = request.SessionTimeoutMs;
        }

        var waiter = new TaskCompletionSource<JoinGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = runtime.ScheduleWrite("classic-group-join", PartitionOf(request.GroupId), TimeoutMs, shard => shard.Join(sender, request, waiter));
        return AnswerAsync(write, waiter, error => new JoinGroupResponse { ErrorCode = error });
    }

    /// <summary>SyncGroup; as <see cref="JoinAsync"/>.</summary>
    public Task<SyncGroupResponse> SyncAsync(GroupRequest sender, SyncGroupRequest request)
    {
        if (request.GroupId.Value.Length == 0)
        {
            return Task.FromResult(new SyncGroupResponse { ErrorCode = ErrorCode.InvalidGroupId });
        }

        foreach (var assignment in request.Assignments)
        {
            assignment.Assignment = assignment.Assignment.ToArray();
        }

        var waiter = new TaskCompletionSource<SyncGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = runtime.ScheduleWrite("classic-group-sync", PartitionOf(request.GroupId), TimeoutMs, shard => shard.Sync(sender, request, waiter));
        return AnswerAsync(write, waiter, error => new SyncGroupResponse { ErrorCode = error });
    }

    /// <summary>Heartbeat. While the group is loaded nobody can say more than that it is there.</summary>
    public Task<HeartbeatResponse> HeartbeatAsync(GroupRequest sender, HeartbeatRequest request) => request.GroupId.Value.Length == 0
        ? Task.FromResult(new HeartbeatResponse { ErrorCode = ErrorCode.InvalidGroupId })
        : AnswerAsync(
            runtime.ScheduleWrite("classic-group-heartbeat", PartitionOf(request.GroupId), TimeoutMs, shard => shard.Heartbeat(sender, request)),
            error => new HeartbeatResponse { ErrorCode = error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : error });

    /// <summary>LeaveGroup, with its members in the list whatever the version.</summary>
    public Task<LeaveGroupResponse> LeaveAsync(GroupRequest sender, LeaveGroupRequest request) => request.GroupId.Value.Length == 0
        ? Task.FromResult(new LeaveGroupResponse { ErrorCode = ErrorCode.InvalidGroupId })
        : AnswerAsync(
            runtime.ScheduleWrite("classic-group-leave", PartitionOf(request.GroupId), TimeoutMs, shard => shard.Leave(sender, request)),
            error => error == ErrorCode.UnknownMemberId ? UnknownMembers(request) : new LeaveGroupResponse { ErrorCode = error });

    /// <summary>ListGroups of the shards here.</summary>
    public async Task<ListGroupsResponse> ListAsync(ListGroupsRequest request)
    {
        var response = new ListGroupsResponse();
        foreach (var read in runtime.ScheduleReadAll("list-groups", (shard, offset) => shard.List(request.StatesFilter, request.TypesFilter, offset)))
        {
            try
            {
                response.Groups.AddRange(await read);
            }
            catch (CoordinatorException moved) when (moved.Error == ErrorCode.NotCoordinator)
            {
                // The shard has gone to another node, which lists its groups.
            }
            catch (CoordinatorException refused)
            {
                return new ListGroupsResponse { ErrorCode = CoordinatorFailures.ForClients(refused.Error) };
            }
        }

        return response;
    }

    /// <summary>DescribeGroups, in the order asked.</summary>
    public async Task<List<DescribeGroupsResponse.DescribedGroup>> DescribeAsync(GroupRequest sender, IReadOnlyList<GroupId> groups)
    {
        var described = groups.Select(group => group.Value.Length == 0
            ? Task.FromResult(new DescribeGroupsResponse.DescribedGroup { GroupId = group, ErrorCode = ErrorCode.InvalidGroupId })
            : AnswerAsync(
                runtime.ScheduleRead("describe-groups", PartitionOf(group), (shard, offset) => shard.DescribeClassic([group], sender.ApiVersion, offset)[0]),
                error => new DescribeGroupsResponse.DescribedGroup { GroupId = group, ErrorCode = error })).ToList();
        return [.. await Task.WhenAll(described)];
    }

    /// <summary>DeleteGroups.</summary>
    public async Task<List<DeleteGroupsResponse.DeletableGroupResult>> DeleteAsync(IReadOnlyList<GroupId> groups)
    {
        var results = new List<DeleteGroupsResponse.DeletableGroupResult>();
        var deletions = new List<Task<List<DeleteGroupsResponse.DeletableGroupResult>>>();
        foreach (var shard in groups.Distinct().GroupBy(group => group.Value.Length == 0 ? -1 : PartitionOf(group).Value))
        {
            var ids = shard.ToList();
            if (shard.Key < 0)
            {
                results.Add(new() { GroupId = "", ErrorCode = ErrorCode.InvalidGroupId });
                continue;
            }

            deletions.Add(AnswerAsync(
                runtime.ScheduleWrite("delete-groups", shard.Key, TimeoutMs, found => found.DeleteGroups(ids)),
                error => [.. ids.Select(id => new DeleteGroupsResponse.DeletableGroupResult { GroupId = id, ErrorCode = error })]));
        }

        foreach (var deletion in deletions)
        {
            results.AddRange(await deletion);
        }

        return results;
    }

    private static async Task<T> AnswerAsync<T>(Task<T> operation, Func<ErrorCode, T> failed)
    {
        try
        {
            return await operation;
        }
        catch (CoordinatorException refused)
        {
            return failed(CoordinatorFailures.ForClients(refused.Error));
        }
    }

    private static async Task<T> AnswerAsync<T>(Task<bool> operation, TaskCompletionSource<T> waiter, Func<ErrorCode, T> failed)
    {
        try
        {
            await operation;
        }
        catch (CoordinatorException refused)
        {
            waiter.TrySetResult(failed(CoordinatorFailures.ForClients(refused.Error)));
        }

        return await waiter.Task;
    }

    private static LeaveGroupResponse UnknownMembers(LeaveGroupRequest request)
    {
        var response = new LeaveGroupResponse();
        foreach (var member in request.Members)
        {
            response.Members.Add(new() { MemberId = member.MemberId, GroupInstanceId = member.GroupInstanceId, ErrorCode = ErrorCode.UnknownMemberId });
        }

        return response;
    }

    private async Task WatchAsync(Task<bool> cleanup)
    {
        try
        {
            await cleanup;
        }
        catch (CoordinatorException refused)
        {
            runtime.ReportCleanupFailure(refused);
        }
    }
}
