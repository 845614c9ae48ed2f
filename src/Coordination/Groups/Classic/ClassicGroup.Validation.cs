using Moldau.Protocol;

namespace Moldau.Coordination;

public sealed partial class ClassicGroup
{
    /// <summary>Is this a member, and the one that has the instance id?</summary>
    /// <exception cref="CoordinatorException">UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID.</exception>
    public void ValidateMember(string memberId, string? instanceId)
    {
        if (instanceId is not null)
        {
            var current = StaticMemberId(instanceId)
                ?? throw new CoordinatorException(ErrorCode.UnknownMemberId, $"group {Id} has no static member with the instance id {instanceId}");
            if (current != memberId)
            {
                throw new CoordinatorException(ErrorCode.FencedInstanceId, $"the static member {instanceId} of group {Id} is {current}, not {memberId}");
            }
        }

        if (!HasMember(memberId))
        {
            throw new CoordinatorException(ErrorCode.UnknownMemberId, $"group {Id} has no member {memberId}");
        }
    }

    public override CommitPartitionCheck? ValidateOffsetCommit(string memberId, string? instanceId, int generationOrEpoch, bool isTransactional, short apiVersion)
    {
        if (State == ClassicGroupState.Dead)
        {
            throw new CoordinatorException(ErrorCode.CoordinatorNotAvailable, $"group {Id} is gone");
        }

        // Whoever does not say that it is a member may commit as long as there are none: admin clients, and consumers that assign themselves.
        if (generationOrEpoch < 0 && IsEmpty)
        {
            return null;
        }

        if (generationOrEpoch >= 0 || memberId.Length > 0 || instanceId is not null)
        {
            ValidateMember(memberId, instanceId);
            if (generationOrEpoch != Generation)
            {
                throw new CoordinatorException(ErrorCode.IllegalGeneration, $"group {Id} is in generation {Generation}, not {generationOrEpoch}");
            }
        }
        else if (!isTransactional && !IsEmpty)
        {
            throw new CoordinatorException(ErrorCode.UnknownMemberId, $"group {Id} has members: only they may commit");
        }

        if (!isTransactional && State == ClassicGroupState.CompletingRebalance)
        {
            throw new CoordinatorException(ErrorCode.RebalanceInProgress, $"group {Id} is rebalancing");
        }

        return null;
    }

    public override void ValidateOffsetFetch(string? memberId, int memberEpoch, long committedOffset) => ThrowIfDead();

    public override void ValidateOffsetDelete()
    {
        ThrowIfDead();
        if (!IsEmpty && !UsesConsumerProtocol)
        {
            throw new CoordinatorException(ErrorCode.NonEmptyGroup, $"group {Id} has members, and their protocol type {ProtocolType} does not say what they use");
        }
    }

    public override void ValidateDelete()
    {
        ThrowIfDead();
        if (!IsEmpty)
        {
            throw new CoordinatorException(ErrorCode.NonEmptyGroup, $"group {Id} has members");
        }
    }

    private void ThrowIfDead()
    {
        if (State == ClassicGroupState.Dead)
        {
            throw new CoordinatorException(ErrorCode.GroupIdNotFound, $"Group {Id} is in dead state.");
        }
    }
}
