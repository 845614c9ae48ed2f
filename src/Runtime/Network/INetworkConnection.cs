using System.Net;

namespace Moldau.Runtime;

/// <summary>
/// One stream connection. One receive and one send may be under way at a time. Continuations may run inline on the thread that completes the IO: nothing that blocks may follow there.
/// Failures throw <see cref="NetworkException"/>; disposing aborts what is under way.
/// </summary>
public interface INetworkConnection : IDisposable
{
    IPEndPoint LocalEndPoint { get; }

    IPEndPoint RemoteEndPoint { get; }

    /// <summary>Receives at least one byte; 0 when the peer has closed.</summary>
    ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all of <paramref name="buffer"/>.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>As <see cref="SendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>; <paramref name="moreFollows"/> lets the system wait for what follows at once, so that it leaves in one packet.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> buffer, bool moreFollows, CancellationToken cancellationToken) => SendAsync(buffer, cancellationToken);

    /// <summary>Sends a range of a file, without a copy through this process where the system can (sendfile).</summary>
    ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken);
}
