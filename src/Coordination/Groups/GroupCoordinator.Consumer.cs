using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class GroupCoordinator
{
    /// <summary>ConsumerGroupHeartbeat (KIP-848).</summary>
    public async Task<ConsumerGroupHeartbeatResponse> ConsumerHeartbeatAsync(ConsumerGroupCaller caller, ConsumerGroupHeartbeatRequest request, short version)
    {
        try
        {
            ConsumerGroupRequests.Validate(request, version, options().Consumer.Assignors);
            return await runtime.ScheduleWrite(
                "consumer-group-heartbeat", PartitionOf(request.GroupId), TimeoutMs, shard => shard.Consumers.Heartbeat(caller, request));
        }
        catch (CoordinatorException refused)
        {
            return new() { ErrorCode = CoordinatorFailures.ForClients(refused.Error), ErrorMessage = refused.Message, MemberId = null };
        }
    }

    /// <summary>ConsumerGroupDescribe, in the order asked.</summary>
    public async Task<List<ConsumerGroupDescribeResponse.DescribedGroup>> DescribeConsumerAsync(IReadOnlyList<GroupId> groups)
    {
        var described = groups.Select(group => group.Value.Length == 0
            ? Task.FromResult(new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = ErrorCode.InvalidGroupId, ErrorMessage = null })
            : AnswerAsync(
                runtime.ScheduleRead("consumer-group-describe", PartitionOf(group), (shard, offset) => shard.Consumers.Describe(group, offset)),
                error => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = error, ErrorMessage = null })).ToList();
        return [.. await Task.WhenAll(described)];
    }
}
