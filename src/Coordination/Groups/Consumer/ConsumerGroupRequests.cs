using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>What a heartbeat of a consumer group must be like before a coordinator looks at it. Stateless; any thread.</summary>
public static class ConsumerGroupRequests
{
    /// <summary>Checks a heartbeat.</summary>
    /// <exception cref="CoordinatorException">INVALID_REQUEST or UNSUPPORTED_ASSIGNOR, with what is wrong.</exception>
    public static void Validate(ConsumerGroupHeartbeatRequest request, short version, IReadOnlyList<IPartitionAssignor> assignors)
    {
        // From version 1 on clients make their ids themselves, so that a lost response to a join does not leave a member behind (KIP-1082).
        if (version >= 1 || request.MemberEpoch > 0 || request.MemberEpoch == ConsumerGroupMember.LeavingEpoch)
        {
            RefuseEmpty(request.MemberId, "MemberId can't be empty.");
        }

        RefuseEmpty(request.GroupId.Value, "GroupId can't be empty.");
        RefuseEmpty(request.InstanceId, "InstanceId can't be empty.");
        RefuseEmpty(request.RackId, "RackId can't be empty.");
        switch (request.MemberEpoch)
        {
            case ConsumerGroupMember.JoiningEpoch:
                Refuse(request.RebalanceTimeoutMs == -1, "RebalanceTimeoutMs must be provided in first request.");
                Refuse(request.TopicPartitions is not { Count: 0 }, "TopicPartitions must be empty when (re-)joining.");
                Refuse(
                    request.SubscribedTopicNames is null && request.SubscribedTopicRegex is null,
                    "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
                break;
            case ConsumerGroupMember.StaticLeavingEpoch:
                Refuse(request.InstanceId is null, "InstanceId can't be null.");
                break;
            case < ConsumerGroupMember.StaticLeavingEpoch:
                Refuse(true, "MemberEpoch is invalid.");
                break;
        }

        if (request.ServerAssignor is { } name && assignors.All(assignor => assignor.Name != name))
        {
            throw new CoordinatorException(
                ErrorCode.UnsupportedAssignor,
                $"ServerAssignor {name} is not supported. Supported assignors: {string.Join(", ", assignors.Select(assignor => assignor.Name))}.");
        }
    }

    private static void RefuseEmpty(string? value, string message) => Refuse(value is not null && string.IsNullOrWhiteSpace(value), message);

    private static void Refuse(bool isWrong, string message)
    {
        if (isWrong)
        {
            throw new CoordinatorException(ErrorCode.InvalidRequest, message);
        }
    }
}
