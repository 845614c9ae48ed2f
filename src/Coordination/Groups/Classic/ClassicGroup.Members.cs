using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class ClassicGroup
{
    /// <summary>Takes a member in. The first one makes the protocol type, and leads.</summary>
    public void Add(ClassicGroupMember member, TaskCompletionSource<JoinGroupResponse>? awaitingJoin = null)
    {
        if (member.GroupInstanceId is { } instanceId)
        {
            Invariant.That(_staticMembers.TryAdd(instanceId, member.MemberId));
        }

        if (_members.Count == 0)
        {
            ProtocolType = member.ProtocolType;
        }

        Invariant.That(ProtocolType == member.ProtocolType);
        LeaderId ??= member.MemberId;
        _members.Add(member.MemberId, member);
        CountProtocols(member, 1);
        Await(member, awaitingJoin);
        _pendingJoin.Remove(member.MemberId);
    }

    /// <summary>Lets a member go, whether it has joined or not. Another leads when it did.</summary>
    public void Remove(string memberId)
    {
        if (_members.Remove(memberId, out var removed))
        {
            CountProtocols(removed, -1);
            Await(removed, null);
            if (removed.GroupInstanceId is { } instanceId)
            {
                _staticMembers.Remove(instanceId);
            }
        }

        if (IsLeader(memberId))
        {
            LeaderId = null;
            foreach (var other in _members.Keys)
            {
                LeaderId = other;
                break;
            }
        }

        _pendingJoin.Remove(memberId);
        _pendingSync.Remove(memberId);
    }

    /// <summary>A member was given an id and asked to join again with it.</summary>
    public void AddPending(string memberId)
    {
        Invariant.That(!HasMember(memberId));
        _pendingJoin.Add(memberId);
    }

    public void AddPendingSync(string memberId) => _pendingSync.Add(memberId);

    public void RemovePendingSync(string memberId) => _pendingSync.Remove(memberId);

    public void ClearPendingSync() => _pendingSync.Clear();

    /// <summary>
    /// A static member has come back under a new id (KIP-345): the old one is fenced at once, wherever it waits. The new one has what the old one had.
    /// </summary>
    public ClassicGroupMember ReplaceStaticMember(string instanceId, string oldMemberId, string newMemberId)
    {
        Invariant.That(_members.Remove(oldMemberId, out var old));
        AnswerJoin(old!, new JoinGroupResponse { MemberId = oldMemberId, ProtocolName = null, ErrorCode = ErrorCode.FencedInstanceId });
        old!.AnswerSync(new SyncGroupResponse { ErrorCode = ErrorCode.FencedInstanceId });
        var replacement = new ClassicGroupMember(
            newMemberId, old.GroupInstanceId, old.ClientId, old.ClientHost, old.RebalanceTimeoutMs, old.SessionTimeoutMs, old.ProtocolType, old.Protocols)
        {
            Assignment = old.Assignment,
        };
        _members.Add(newMemberId, replacement);
        if (IsLeader(oldMemberId))
        {
            LeaderId = newMemberId;
        }

        _staticMembers[instanceId] = newMemberId;
        return replacement;
    }

    /// <summary>A member has joined again, perhaps with other wishes.</summary>
    public void Update(
        ClassicGroupMember member, IReadOnlyList<ClassicProtocol> protocols, int rebalanceTimeoutMs, int sessionTimeoutMs, TaskCompletionSource<JoinGroupResponse>? awaitingJoin)
    {
        CountProtocols(member, -1);
        member.Protocols = protocols;
        CountProtocols(member, 1);
        member.RebalanceTimeoutMs = rebalanceTimeoutMs;
        member.SessionTimeoutMs = sessionTimeoutMs;
        Await(member, awaitingJoin);
    }

    /// <summary>Answers the JoinGroup of a member, if it waits.</summary>
    public bool AnswerJoin(ClassicGroupMember member, JoinGroupResponse response)
    {
        if (member.AwaitingJoin is null)
        {
            return false;
        }

        AwaitingJoinCount--;
        member.AnswerJoin(response);
        return true;
    }

    /// <summary>Whether a member may be let in that supports these protocols: all must share one.</summary>
    public bool Supports(string protocolType, IReadOnlyList<ClassicProtocol> protocols)
    {
        if (IsEmpty)
        {
            return protocolType.Length > 0 && protocols.Count > 0;
        }

        if (ProtocolType != protocolType)
        {
            return false;
        }

        foreach (var protocol in protocols)
        {
            if (_supportedProtocols.GetValueOrDefault(protocol.Name) == _members.Count)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The protocol that most prefer of those that all support.</summary>
    public string SelectProtocol()
    {
        Invariant.That(_members.Count > 0);
        var candidates = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, count) in _supportedProtocols)
        {
            if (count == _members.Count)
            {
                candidates.Add(name);
            }
        }

        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in _members.Values)
        {
            var vote = member.Vote(candidates);
            votes[vote] = votes.GetValueOrDefault(vote) + 1;
        }

        return votes.MaxBy(vote => vote.Value).Key;
    }

    /// <summary>The leader must be somebody who has joined. False when nobody has.</summary>
    public bool ElectJoinedLeader()
    {
        if (LeaderId is null)
        {
            return false;
        }

        if (_members[LeaderId].AwaitingJoin is not null)
        {
            return true;
        }

        foreach (var member in _members.Values)
        {
            if (member.AwaitingJoin is not null)
            {
                LeaderId = member.MemberId;
                return true;
            }
        }

        return false;
    }

    /// <summary>All who are there have joined: the next generation begins, without members as an empty one.</summary>
    public void BeginGeneration()
    {
        Generation++;
        ProtocolName = _members.Count == 0 ? null : SelectProtocol();
        UpdateSubscribedTopics();
        MoveTo(_members.Count == 0 ? ClassicGroupState.Empty : ClassicGroupState.CompletingRebalance);
        ClearPendingSync();
    }

    /// <summary>Reads what the consumers want from what they said for the protocol chosen. Another group than of consumers, or one that says it wrongly, is not understood.</summary>
    public void UpdateSubscribedTopics()
    {
        SubscribedTopics = null;
        if (!UsesConsumerProtocol || (_members.Count > 0 && ProtocolName is null))
        {
            return;
        }

        var topics = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            foreach (var member in _members.Values)
            {
                topics.UnionWith(ConsumerProtocol.ReadTopics(member.Metadata(ProtocolName!)));
            }
        }
        catch (ProtocolException)
        {
            return;
        }

        SubscribedTopics = topics;
    }

    /// <summary>All members with what they said, for the leader.</summary>
    public List<JoinGroupResponse.JoinGroupResponseMember> MembersForLeader()
    {
        var all = new List<JoinGroupResponse.JoinGroupResponseMember>(_members.Count);
        foreach (var member in _members.Values)
        {
            all.Add(new() { MemberId = member.MemberId, GroupInstanceId = member.GroupInstanceId, Metadata = member.Metadata(ProtocolName!) });
        }

        return all;
    }

    private void CountProtocols(ClassicGroupMember member, int by)
    {
        foreach (var protocol in member.Protocols)
        {
            _supportedProtocols[protocol.Name] = _supportedProtocols.GetValueOrDefault(protocol.Name) + by;
        }
    }

    private void Await(ClassicGroupMember member, TaskCompletionSource<JoinGroupResponse>? awaitingJoin)
    {
        AwaitingJoinCount += (awaitingJoin is null ? 0 : 1) - (member.AwaitingJoin is null ? 0 : 1);
        member.AwaitingJoin = awaitingJoin;
    }
}
