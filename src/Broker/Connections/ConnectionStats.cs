namespace Moldau.Broker;

/// <summary>Counters of the connections of a node since it started, for metrics. Any thread may read; each value is consistent by itself.</summary>
public sealed class ConnectionStats
{
    private long _accepted;
    private long _closed;
    private long _refused;
    private long _violations;
    private long _requests;
    private long _responses;
    private long _receivedBytes;
    private long _sentBytes;
    private long _handlerFailures;

    /// <summary>Connections that were accepted and served.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    public long Closed => Interlocked.Read(ref _closed);

    /// <summary>Connections closed at once because their address had too many.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Connections closed because of what the peer sent, or did not send.</summary>
    public long Violations => Interlocked.Read(ref _violations);

    public long Requests => Interlocked.Read(ref _requests);

    public long Responses => Interlocked.Read(ref _responses);

    public long ReceivedBytes => Interlocked.Read(ref _receivedBytes);

    public long SentBytes => Interlocked.Read(ref _sentBytes);

    /// <summary>Requests whose handler failed unexpectedly.</summary>
    public long HandlerFailures => Interlocked.Read(ref _handlerFailures);

    /// <summary>Connections now.</summary>
    public long Open => Accepted - Closed;

    internal void OnAccepted() => Interlocked.Increment(ref _accepted);

    internal void OnRefused() => Interlocked.Increment(ref _refused);

    internal void OnHandlerFailure() => Interlocked.Increment(ref _handlerFailures);

    internal void OnClosed(bool violation)
    {
        Interlocked.Increment(ref _closed);
        if (violation)
        {
            Interlocked.Increment(ref _violations);
        }
    }

    internal void OnRequest(long frameBytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _receivedBytes, frameBytes);
    }

    internal void OnResponse(long frameBytes)
    {
        Interlocked.Increment(ref _responses);
        Interlocked.Add(ref _sentBytes, frameBytes);
    }
}
