namespace Moldau.Broker;

/// <summary>
/// The memory that requests of all connections may hold at a time. It is reserved before a request's body is read; who does not fit waits, first come first served, and is not read
/// meanwhile. A single request larger than the limit is let in when nothing else is. A limit of some size keeps a quarter for small requests: peers that announce large frames and send
/// half of them hold up other large ones only. Any thread may call it.
/// </summary>
public sealed class RequestMemory(long limitBytes)
{
    private const long SplitBytesMin = 64 << 20;
    private const long LargeBytes = 1 << 20;
    private readonly RequestMemoryShare _small = new(limitBytes >= SplitBytesMin ? limitBytes / 4 : limitBytes);
    private readonly RequestMemoryShare? _large = limitBytes >= SplitBytesMin ? new RequestMemoryShare(limitBytes - (limitBytes / 4)) : null;

    public long ReservedBytes => _small.ReservedBytes + (_large?.ReservedBytes ?? 0);

    /// <summary>Reserves; throws <see cref="OperationCanceledException"/> when cancelled while it waits.</summary>
    public ValueTask ReserveAsync(long bytes, CancellationToken cancellationToken) => Share(bytes).ReserveAsync(bytes, cancellationToken);

    /// <summary>Gives back what was reserved, all at once.</summary>
    public void Release(long bytes) => Share(bytes).Release(bytes);

    private RequestMemoryShare Share(long bytes) => bytes > LargeBytes && _large is not null ? _large : _small;
}
