using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>Consumer groups (KIP-848) in the shard: their manager, and the requests of classic members to them.</summary>
public sealed partial class GroupShard : IClassicGroupHost
{
    /// <summary>Consumer groups: heartbeats and what follows from them.</summary>
    public ConsumerGroupManager Consumers { get; private set; } = null!;

    void IClassicGroupHost.Adopt(ClassicGroup group, string? rebalanceReason)
    {
        foreach (var member in group.Members)
        {
            ScheduleHeartbeat(group, member);
        }

        if (rebalanceReason is not null)
        {
            PrepareRebalance(group, rebalanceReason);
        }
    }

    partial void OnCreated() => Consumers = new ConsumerGroupManager(_context, _options, Groups, _entropy, this);

    partial void ReplayModern(CoordinatorRecord record) => Consumers.Replay(record);

    partial void OnModernLoaded() => Consumers.OnLoaded(Image);

    partial void OnModernImage(MetadataDelta delta) => Consumers.OnNewImage(Image, delta);

    partial void JoinModern(
        Group group, GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter, ref CoordinatorResult<bool>? handled)
    {
        if (group is not ConsumerGroup consumer)
        {
            return;
        }

        if (!consumer.IsEmpty)
        {
            handled = JoinConsumer(consumer, sender, request, waiter);
        }
        else if (request.MemberId.Length == 0)
        {
            // Nobody is left in it: it makes way for a classic group.
            var records = new List<CoordinatorRecord>();
            consumer.AddTombstones(records);
            Groups.Remove(group.Id);
            handled = JoinClassic(sender, request, waiter, records);
        }
        else
        {
            RefuseJoin(waiter, request.MemberId, Protocol.ErrorCode.UnknownMemberId);
            handled = Nothing;
        }
    }

    private CoordinatorResult<bool> JoinConsumer(
        ConsumerGroup group, GroupRequest sender, JoinGroupRequest request, TaskCompletionSource<JoinGroupResponse> waiter)
    {
        var caller = new ConsumerGroupCaller(sender.ClientId, sender.ClientHost);
        var result = Consumers.JoinClassic(group, caller, request, sender.ApiVersion >= MemberIdRequiredVersion);
        return new(
            result.Records,
            true,
            failure =>
            {
                result.AfterAppend?.Invoke(failure);
                if (failure is null)
                {
                    waiter.TrySetResult(result.Response);
                }
                else
                {
                    RefuseJoin(waiter, NoMemberId, CoordinatorFailures.ForClients(failure.Error));
                }
            },
            result.ReplayRecords);
    }

    partial void SyncModern(
        Group group, GroupRequest sender, SyncGroupRequest request, TaskCompletionSource<SyncGroupResponse> waiter, ref CoordinatorResult<bool>? handled)
    {
        if (group is ConsumerGroup consumer)
        {
            waiter.TrySetResult(Consumers.SyncClassic(consumer, request).Response);
            handled = Nothing;
        }
    }

    partial void HeartbeatModern(Group group, GroupRequest sender, HeartbeatRequest request, ref CoordinatorResult<HeartbeatResponse>? handled)
    {
        if (group is ConsumerGroup consumer)
        {
            handled = Consumers.HeartbeatClassic(consumer, request);
        }
    }

    partial void LeaveModern(Group group, GroupRequest sender, LeaveGroupRequest request, ref CoordinatorResult<LeaveGroupResponse>? handled)
    {
        if (group is ConsumerGroup consumer)
        {
            handled = Consumers.LeaveClassic(consumer, request);
        }
    }
}
