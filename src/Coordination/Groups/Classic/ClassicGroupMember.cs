using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

/// <summary>A member of a classic group, with the requests of it that wait. For the shard's thread alone.</summary>
public sealed class ClassicGroupMember(
    string memberId,
    string? groupInstanceId,
    string clientId,
    string clientHost,
    int rebalanceTimeoutMs,
    int sessionTimeoutMs,
    string protocolType,
    IReadOnlyList<ClassicProtocol> protocols)
{
    public string MemberId { get; } = memberId;

    /// <summary>The name of a static member (KIP-345); null for others.</summary>
    public string? GroupInstanceId { get; } = groupInstanceId;

    public bool IsStatic => GroupInstanceId is not null;

    public string ClientId { get; } = clientId;

    public string ClientHost { get; } = clientHost;

    public int RebalanceTimeoutMs { get; internal set; } = rebalanceTimeoutMs;

    public int SessionTimeoutMs { get; internal set; } = sessionTimeoutMs;

    public string ProtocolType { get; } = protocolType;

    /// <summary>What it supports, best first.</summary>
    public IReadOnlyList<ClassicProtocol> Protocols { get; internal set; } = protocols;

    /// <summary>What the leader gave it; empty when nothing.</summary>
    public ReadOnlyMemory<byte> Assignment { get; internal set; }

    /// <summary>It has not finished its first rebalance: it has no heartbeats, and its session ends even while its join waits.</summary>
    public bool IsNew { get; internal set; }

    /// <summary>Its JoinGroup that waits for the rebalance.</summary>
    public TaskCompletionSource<JoinGroupResponse>? AwaitingJoin { get; internal set; }

    /// <summary>Its SyncGroup that waits for the leader's.</summary>
    public TaskCompletionSource<SyncGroupResponse>? AwaitingSync { get; internal set; }

    /// <summary>A member that waits for a rebalance need not send heartbeats meanwhile.</summary>
    public bool IsExcusedFromHeartbeat => !IsNew && (AwaitingJoin is not null || AwaitingSync is not null);

    /// <summary>What it says for a protocol that it supports.</summary>
    public ReadOnlyMemory<byte> Metadata(string protocol)
    {
        foreach (var supported in Protocols)
        {
            if (supported.Name == protocol)
            {
                return supported.Metadata;
            }
        }

        throw new Core.InvariantException($"member {MemberId} does not support the protocol {protocol}");
    }

    /// <summary>The first of its protocols that is among the candidates.</summary>
    public string Vote(IReadOnlySet<string> candidates)
    {
        foreach (var supported in Protocols)
        {
            if (candidates.Contains(supported.Name))
            {
                return supported.Name;
            }
        }

        throw new Core.InvariantException($"member {MemberId} supports none of the protocols that all support");
    }

    /// <summary>Whether it said the same before, in the same order.</summary>
    public bool Says(IReadOnlyList<ClassicProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count)
        {
            return false;
        }

        for (var index = 0; index < protocols.Count; index++)
        {
            if (protocols[index].Name != Protocols[index].Name || !protocols[index].Metadata.Span.SequenceEqual(Protocols[index].Metadata.Span))
            {
                return false;
            }
        }

        return true;
    }

    internal bool AnswerJoin(JoinGroupResponse response)
    {
        var waiting = AwaitingJoin;
        AwaitingJoin = null;
        return waiting is not null && waiting.TrySetResult(response);
    }

    internal bool AnswerSync(SyncGroupResponse response)
    {
        var waiting = AwaitingSync;
        AwaitingSync = null;
        return waiting is not null && waiting.TrySetResult(response);
    }
}
