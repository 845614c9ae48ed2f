using Moldau.Broker;
using Moldau.Protocol;

namespace Moldau.Testing;

/// <summary>
/// One rule of <see cref="NodeFaults"/>: what happens to the next requests of an API. Disposing takes it back; a request that it has taken already stays taken. Any thread may call it.
/// </summary>
public sealed class RequestFault : IDisposable
{
    private readonly NodeFaults _owner;
    private readonly ApiKey? _api;
    private readonly string? _clientId;
    private readonly TaskCompletionSource _hit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;
    private int _hits;

    internal RequestFault(NodeFaults owner, RequestFaultKind kind, ApiKey? api, int times, string? clientId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        _owner = owner;
        _api = api;
        _clientId = clientId;
        _left = times;
        Kind = kind;
    }

    /// <summary>How many requests it has struck so far.</summary>
    public int Hits => Volatile.Read(ref _hits);

    /// <summary>Ends when it has struck its first request.</summary>
    public Task FirstHit => _hit.Task;

    internal RequestFaultKind Kind { get; }

    internal ErrorCode Error { get; init; }

    internal TimeSpan DelayBy { get; init; }

    /// <inheritdoc />
    public void Dispose() => _owner.Remove(this);

    /// <summary>Under the owner's lock: whether it strikes this request, and if that was the last one.</summary>
    internal bool Strikes(RequestContext context, out bool isSpent)
    {
        isSpent = false;
        if ((_api is { } api && api != context.ApiKey) || (_clientId is not null && _clientId != context.ClientId))
        {
            return false;
        }

        isSpent = _left != NodeFaults.Always && --_left == 0;
        Volatile.Write(ref _hits, _hits + 1);
        _hit.TrySetResult();
        return true;
    }
}
