using System.Buffers;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// The bytes of one response, in an array of the shared pool. Whoever received it owns it: disposing gives the array back, and everything sliced out of it is void from then on.
/// Not thread-safe.
/// </summary>
internal sealed class ResponseLease(byte[] array, int length, int bodyStart, short version) : IDisposable
{
    private byte[]? _array = array;

    /// <summary>The version that the request was sent in.</summary>
    public short Version => version;

    /// <summary>The body, without size and header.</summary>
    public ReadOnlyMemory<byte> Body => (_array ?? throw new ObjectDisposedException(nameof(ResponseLease))).AsMemory(bodyStart, length - bodyStart);

    /// <summary>Reads the whole body as an object; what it slices lives as long as the lease.</summary>
    public TResponse Read<TResponse>()
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        var reader = new MessageReader(Body);
        return TResponse.Read(ref reader, version);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
