using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Coordination;

/// <summary>
/// Consumer groups (KIP-848): what their members' heartbeats mean. Operations change nothing but timers; they return the records that replay takes in.
/// For the shard's thread alone; a refusal is a <see cref="CoordinatorException"/>.
/// </summary>
public sealed partial class ConsumerGroupManager
{
    private readonly CoordinatorShardContext _context;
    private readonly Func<GroupCoordinatorOptions> _options;
    private readonly GroupTable _groups;
    private readonly IEntropy _entropy;
    private readonly IClassicGroupHost _classics;
    private MetadataImage _image = MetadataImage.Empty;

    /// <param name="context">The shard's.</param>
    /// <param name="options">How groups are treated now.</param>
    /// <param name="groups">The shard's groups, of all kinds.</param>
    /// <param name="entropy">For ids of members that have none.</param>
    /// <param name="classics">Takes over groups that become classic ones.</param>
    internal ConsumerGroupManager(
        CoordinatorShardContext context, Func<GroupCoordinatorOptions> options, GroupTable groups, IEntropy entropy, IClassicGroupHost classics)
    {
        _context = context;
        _options = options;
        _groups = groups;
        _entropy = entropy;
        _classics = classics;
        _groupsByTopic = new(context.Snapshots, StringComparer.Ordinal);
    }

    private ILogger Logger => _context.Logger;

    private ConsumerGroupOptions Options => _options().Consumer;

    private long NowMs => _context.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Takes a heartbeat in: a member joins, reports what it has, asks for something else, or leaves.</summary>
    /// <exception cref="CoordinatorException">The group or the member is not known or full, or the member's epoch is not the one it should have.</exception>
    public CoordinatorResult<ConsumerGroupHeartbeatResponse> Heartbeat(ConsumerGroupCaller caller, ConsumerGroupHeartbeatRequest request) =>
        request.MemberEpoch is ConsumerGroupMember.LeavingEpoch or ConsumerGroupMember.StaticLeavingEpoch ? Leave(request) : JoinOrStay(caller, request);

    private CoordinatorResult<ConsumerGroupHeartbeatResponse> JoinOrStay(ConsumerGroupCaller caller, ConsumerGroupHeartbeatRequest request)
    {
        var records = new List<CoordinatorRecord>();
        var isJoining = request.MemberEpoch == ConsumerGroupMember.JoiningEpoch;
        var group = FindOrPlan(request.GroupId, isJoining, records);
        CheckSize(group, request.MemberId, request.InstanceId);
        var memberId = request.MemberId.Length == 0 ? NewMemberId() : request.MemberId;
        var owned = OwnedPartitions.Of(request.TopicPartitions);
        var member = request.InstanceId is null
            ? DynamicMember(group, memberId, request.MemberEpoch, owned, isJoining)
            : StaticMember(group, memberId, request.InstanceId, request.MemberEpoch, owned, isJoining, false, records);
        var updated = member with
        {
            InstanceId = request.InstanceId ?? member.InstanceId,
            RackId = request.RackId ?? member.RackId,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs == -1 ? member.RebalanceTimeoutMs : request.RebalanceTimeoutMs,
            ServerAssignor = request.ServerAssignor ?? member.ServerAssignor,
            SubscribedTopicNames = request.SubscribedTopicNames is { } names ? TopicNameSet.Of(names.Select(name => name.Value)) : member.SubscribedTopicNames,
            SubscribedTopicRegex = request.SubscribedTopicRegex ?? member.SubscribedTopicRegex,
            ClientId = caller.ClientId,
            ClientHost = caller.ClientHost,
            Classic = null,
        };
        updated = Reconcile(group, caller, member, updated, owned, HasPreferredAssignorChanged(group, member, updated), false, records);
        ScheduleSessionTimeout(group.Id, memberId, Options.TimeoutsOf(group.Id).SessionTimeoutMs);
        var response = new ConsumerGroupHeartbeatResponse
        {
            ErrorMessage = null,
            MemberId = updated.MemberId,
            MemberEpoch = updated.MemberEpoch,
            HeartbeatIntervalMs = Options.TimeoutsOf(group.Id).HeartbeatIntervalMs,
        };

        // A member that says everything wants to hear everything: it has lost a response, or has just found the coordinator.
        var isFull = request.RebalanceTimeoutMs != -1
            && (request.SubscribedTopicNames is not null || request.SubscribedTopicRegex is not null)
            && request.TopicPartitions is not null;
        if (isJoining || isFull || !member.AssignedPartitions.Equals(updated.AssignedPartitions))
        {
            response.Assignment = ToMessage(updated.AssignedPartitions.Partitions);
        }

        return new(records, response);
    }

    /// <summary>Takes in what the member asks for now, makes a new target where that needs one, and brings the member a step towards its target.</summary>
    private ConsumerGroupMember Reconcile(
        ConsumerGroup group,
        ConsumerGroupCaller caller,
        ConsumerGroupMember member,
        ConsumerGroupMember updated,
        PartitionSet? owned,
        bool hasAssignorChanged,
        bool bumpsOnAnyPattern,
        List<CoordinatorRecord> records)
    {
        var (epoch, subscriptionType, hasSubscriptionChanged) = UpdateEpoch(group, caller, member, updated, hasAssignorChanged, bumpsOnAnyPattern, records);
        var (targetEpoch, target) = UpdateTarget(group, epoch, member, updated, subscriptionType, records);
        return Step(group, updated, targetEpoch, target, hasSubscriptionChanged, owned, records);
    }

    private (int Epoch, Func<SubscriptionType> SubscriptionType, bool HasSubscriptionChanged) UpdateEpoch(
        ConsumerGroup group,
        ConsumerGroupCaller caller,
        ConsumerGroupMember member,
        ConsumerGroupMember updated,
        bool hasAssignorChanged,
        bool bumpsOnAnyPattern,
        List<CoordinatorRecord> records)
    {
        var haveNamesChanged = false;
        if (!updated.Equals(member))
        {
            records.Add(ConsumerGroupRecords.MemberMetadata(group.Id, updated));
            haveNamesChanged = !updated.SubscribedTopicNames.Equals(member.SubscribedTopicNames);
        }

        var patternChange = UpdatePatterns(group, caller, member, updated, records);
        var hasPatternChanged = patternChange != PatternChange.None;
        var bump = haveNamesChanged || hasAssignorChanged || patternChange == PatternChange.Resolved || (bumpsOnAnyPattern && hasPatternChanged);
        var epoch = group.Epoch;
        if (bump || group.HasMetadataExpired)
        {
            epoch = BumpEpoch(group, bump, group.PlanTopics(member, updated), records);
        }

        return (epoch, () => group.PlanSubscriptionType(group.PlanTopics(member, updated), member, updated), haveNamesChanged || hasPatternChanged);
    }

    /// <summary>Adds the record of a new epoch when something is to be assigned anew or the topics have changed; returns the epoch.</summary>
    private int BumpEpoch(ConsumerGroup group, bool bump, Dictionary<string, SubscriptionCount> topics, List<CoordinatorRecord> records)
    {
        var epoch = group.Epoch;
        var hash = HashOf(topics.Keys);
        if (bump || hash != group.MetadataHash)
        {
            epoch++;
            records.Add(ConsumerGroupRecords.Epoch(group.Id, epoch, hash));
            Logger.LogInformation("[GroupId {Group}] Bumped group epoch to {Epoch} with metadata hash {Hash}.", group.Id, epoch, hash);
        }

        group.SetMetadataRefreshed(epoch);
        if (group.HasPartitionMetadataRecord)
        {
            records.Add(ConsumerGroupRecords.PartitionMetadataTombstone(group.Id));
        }

        return epoch;
    }

    private ConsumerGroupMember Step(
        ConsumerGroup group,
        ConsumerGroupMember member,
        int targetEpoch,
        PartitionSet target,
        bool hasSubscriptionChanged,
        PartitionSet? owned,
        List<CoordinatorRecord> records)
    {
        if (!hasSubscriptionChanged && member.IsReconciledTo(targetEpoch))
        {
            return member;
        }

        var reconciler = new MemberReconciler(member, targetEpoch, target, TopicIdsOf(group, member), group.PartitionEpoch, owned);
        var next = reconciler.Reconcile(hasSubscriptionChanged);
        if (next.Equals(member))
        {
            return next;
        }

        records.Add(ConsumerGroupRecords.Current(group.Id, next));
        Logger.LogDebug(
            "[GroupId {Group}] Member {Member} new assignment state: epoch={Epoch}, previousEpoch={PreviousEpoch}, state={State}, assigned={Assigned}, revoked={Revoked}.",
            group.Id,
            next.MemberId,
            next.MemberEpoch,
            next.PreviousMemberEpoch,
            next.State,
            next.AssignedPartitions,
            next.PartitionsPendingRevocation);
        if (!next.UsesClassicProtocol)
        {
            if (next.State == MemberState.UnrevokedPartitions)
            {
                ScheduleRebalanceTimeout(group.Id, next);
            }
            else
            {
                CancelRebalanceTimeout(group.Id, next.MemberId);
            }
        }

        return next;
    }

    private bool HasPreferredAssignorChanged(ConsumerGroup group, ConsumerGroupMember member, ConsumerGroupMember updated) =>
        member.ServerAssignor != updated.ServerAssignor
        && (group.PreferredAssignor(null, null) ?? Options.DefaultAssignor.Name)
            != (group.PreferredAssignor(member, updated) ?? Options.DefaultAssignor.Name);

    private string NewMemberId()
    {
        Span<byte> random = stackalloc byte[Uuid.SizeBytes];
        _entropy.Fill(random);
        return Uuid.FromRandom(random).ToString();
    }

    private static ConsumerGroupHeartbeatResponse.AssignmentData ToMessage(PartitionSet partitions) => new()
    {
        TopicPartitions = [.. partitions.Topics.Select(topic => new ConsumerGroupHeartbeatResponse.TopicPartitions
        {
            TopicId = topic,
            Partitions = [.. partitions.Of(topic).ToArray()],
        })],
    };
}
