using Moldau.Core;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Load;

/// <summary>A member of a consumer group (KIP-848) as clients behave: a heartbeat at the server's interval, and at once when there is something to say.</summary>
internal sealed class GroupMember(AsyncKafkaClient client, string group, string topic)
{
    private const short Version = 1;
    private const int LeaveEpoch = -1;
    private const int RebalanceTimeoutMs = 60_000;
    private readonly string _id = $"{Guid.NewGuid()}";
    private int _epoch;
    private List<ConsumerGroupHeartbeatResponse.TopicPartitions> _owned = [];

    /// <summary>The partitions that it owns now.</summary>
    public int Owned => Volatile.Read(ref _ownedCount);

    private int _ownedCount;

    public async Task RunAsync(CancellationToken stopping)
    {
        bool hasNews = true;
        while (!stopping.IsCancellationRequested)
        {
            ConsumerGroupHeartbeatResponse answer = await client.CallAsync<ConsumerGroupHeartbeatResponse>(ApiKey.ConsumerGroupHeartbeat, Version, Heartbeat(hasNews));
            if (answer.ErrorCode is not (ErrorCode.None or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator))
            {
                throw new BenchException($"a heartbeat was refused: {answer.ErrorCode} {answer.ErrorMessage}");
            }

            hasNews = answer.ErrorCode != ErrorCode.None && hasNews;
            if (answer.ErrorCode == ErrorCode.None)
            {
                hasNews = Take(answer);
            }

            if (!hasNews)
            {
                await Task.Delay(Math.Max(1, answer.HeartbeatIntervalMs), stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public Task LeaveAsync()
    {
        Volatile.Write(ref _ownedCount, 0);
        return client.CallAsync<ConsumerGroupHeartbeatResponse>(
            ApiKey.ConsumerGroupHeartbeat, Version, new ConsumerGroupHeartbeatRequest { GroupId = group, MemberId = _id, MemberEpoch = LeaveEpoch, InstanceId = null, RackId = null });
    }

    private bool Take(ConsumerGroupHeartbeatResponse answer)
    {
        _epoch = answer.MemberEpoch;
        if (answer.Assignment is not { } assignment)
        {
            return false;
        }

        _owned = assignment.TopicPartitions;
        Volatile.Write(ref _ownedCount, _owned.Sum(assigned => assigned.Partitions.Count));
        return true;
    }

    private ConsumerGroupHeartbeatRequest Heartbeat(bool hasNews)
    {
        bool joins = _epoch == 0;
        return new ConsumerGroupHeartbeatRequest
        {
            GroupId = group,
            MemberId = _id,
            MemberEpoch = _epoch,
            InstanceId = null,
            RackId = null,
            RebalanceTimeoutMs = joins ? RebalanceTimeoutMs : -1,
            SubscribedTopicNames = joins ? [topic] : null,
            SubscribedTopicRegex = null,
            ServerAssignor = null,
            TopicPartitions = joins ? [] : hasNews
                ? [.. _owned.Select(owned => new ConsumerGroupHeartbeatRequest.TopicPartitionsData { TopicId = owned.TopicId, Partitions = owned.Partitions })]
                : null,
        };
    }
}
