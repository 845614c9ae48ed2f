using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// A member of a group, of either protocol, without sockets and clocks: it is asked what to do next, and told what happened. The caller does one request at
/// a time and holds one lock for all calls; a rebalance goes on beside the requests. Times are milliseconds of the caller's clock.
/// </summary>
internal abstract class GroupMembership(GroupMembershipSettings settings)
{
    protected const long Never = long.MaxValue;

    private GroupRebalance? _waiting;
    private bool _losesAll;
    private int _failures;
    private long _lastProgressMs;

    /// <summary>What the application has now, by what it was told.</summary>
    public IReadOnlyCollection<TopicPartition> Owned => OwnedPartitions;

    /// <summary>Why the member is out for good, or null.</summary>
    public GroupFailure? Failure { get; protected set; }

    /// <summary>The member's id; "" before it has one.</summary>
    public string MemberId { get; protected set; } = "";

    /// <summary>The generation or member epoch; -1 (classic) or 0 outside of the group.</summary>
    public abstract int GenerationId { get; }

    /// <summary>Whether commits of this member can be taken by the coordinator now.</summary>
    public abstract bool IsMember { get; }

    /// <summary>
    /// Whether the group is coming together while the application goes on with what it has. The coordinator may know a later generation by now, and takes commits again once that has been
    /// synchronized.
    /// </summary>
    public virtual bool KeepsWhileJoining => false;

    /// <summary>Whether nothing is under way: no rebalance, no join.</summary>
    public abstract bool IsStable { get; }

    public GroupMembershipSettings Settings => settings;

    /// <summary>Whether the consumer is being told of a change just now.</summary>
    public bool IsRebalancing { get; private set; }

    protected HashSet<TopicPartition> OwnedPartitions { get; } = [];

    protected bool IsLeaving { get; private set; }

    protected bool HasLeft { get; set; }

    protected long RetryAtMs { get; set; }

    protected bool SendsLeave { get; private set; }

    protected bool StaysStatic { get; private set; }

    /// <summary>Whether the application was put out for being idle, and has not come back.</summary>
    public bool IsIdledOut { get; private set; }

    /// <summary>What to do now. When it is a request, answer with <see cref="OnResponse"/> or <see cref="OnFailure"/>.</summary>
    public GroupStep Next(long nowMs)
    {
        if (!IsRebalancing && TakeChange() is { } change)
        {
            IsRebalancing = true;
            return GroupStep.Change(change);
        }

        if (HasLeft || Failure is not null)
        {
            return IsRebalancing ? GroupStep.Wait(Never) : GroupStep.End();
        }

        if (!IsLeaving && !IsIdledOut && IsMember && settings.Eviction != HandlerEviction.Never && nowMs - _lastProgressMs > settings.PollIntervalMaxMs)
        {
            IsIdledOut = true;
        }

        var step = RetryAtMs > nowMs ? GroupStep.Wait(RetryAtMs) : NextOf(nowMs);
        return step.Kind == GroupStepKind.Wait && !IsIdledOut && IsMember
            ? GroupStep.Wait(Math.Min(step.UntilMs, _lastProgressMs + settings.PollIntervalMaxMs + 1))
            : step;
    }

    /// <summary>The application asked for records, or moved through those it has: it is alive.</summary>
    public void OnProgress(long nowMs)
    {
        _lastProgressMs = nowMs;
        IsIdledOut = false;
    }

    /// <summary>The answer to the last request.</summary>
    public void OnResponse(IResponse response, long nowMs)
    {
        var failures = _failures;
        HandleResponse(response, nowMs);
        if (failures == _failures)
        {
            _failures = 0;
        }
    }

    /// <summary>The last request was not answered: the connection broke, there is no coordinator, or the time was up.</summary>
    public void OnFailure(ErrorCode code, string message, bool isRetriable, long nowMs)
    {
        if (isRetriable)
        {
            HandleNoAnswer(nowMs);
            RetryLater(nowMs);
        }
        else
        {
            Fail(code, message);
        }
    }

    /// <summary>The consumer has been told of the change.</summary>
    public void OnRebalanced(GroupRebalance change, long nowMs)
    {
        Invariant.That(IsRebalancing, "a rebalance is done that had not begun");
        IsRebalancing = false;
        OwnedPartitions.ExceptWith(change.Revoked);
        OwnedPartitions.ExceptWith(change.Lost);
        OwnedPartitions.UnionWith(change.Assigned);
        _lastProgressMs = Math.Max(_lastProgressMs, nowMs);
        HandleRebalanced(change, nowMs);
    }

    /// <summary>Begins to leave: gives everything up, and tells the coordinator unless a static member shall keep its place (KIP-1092).</summary>
    public void Leave(bool sendsLeave, bool staysStatic)
    {
        if (!IsLeaving)
        {
            IsLeaving = true;
            SendsLeave = sendsLeave;
            StaysStatic = staysStatic;
            RetryAtMs = 0;
        }
    }

    protected abstract GroupStep NextOf(long nowMs);

    protected abstract void HandleResponse(IResponse response, long nowMs);

    protected abstract void HandleNoAnswer(long nowMs);

    protected abstract void HandleRebalanced(GroupRebalance change, long nowMs);

    /// <summary>Tells the consumer of a change, at the next step.</summary>
    protected void Tell(GroupRebalance change)
    {
        Invariant.That(_waiting is null, "two changes wait at once");
        _waiting = change;
    }

    /// <summary>Whether a change waits or is under way.</summary>
    protected bool IsChanging => _waiting is not null || _losesAll || IsRebalancing;

    /// <summary>Takes everything away without asking, also what a change gives that is under way; one that waits is forgotten.</summary>
    protected void Lose()
    {
        _waiting = null;
        _losesAll = OwnedPartitions.Count > 0 || IsRebalancing;
    }

    protected void Fail(ErrorCode code, string message)
    {
        Failure = new GroupFailure(code, message);
        Lose();
    }

    private GroupRebalance? TakeChange()
    {
        var change = _losesAll && OwnedPartitions.Count > 0 ? new GroupRebalance { Lost = [.. OwnedPartitions] } : _waiting;
        _losesAll = false;
        _waiting = null;
        return change;
    }

    protected void RetryLater(long nowMs)
    {
        var backoff = Math.Min((long)settings.RetryBackoffMs << Math.Min(_failures, 10), settings.RetryBackoffMaxMs);
        _failures++;
        RetryAtMs = nowMs + backoff;
    }
}
