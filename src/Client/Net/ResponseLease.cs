using System.Buffers;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// The bytes of one response, in an array of the shared pool. Whoever received it owns it: disposing gives the array back, and everything sliced out of it is void from then on.
/// Not thread-safe.
/// </summary>
internal sealed class ResponseLease : IDisposable
{
    private byte[]? _array;
    private int _length;
    private int _bodyStart;

    /// <summary>A lease of nothing, to be used again and again with <see cref="Take"/>.</summary>
    public ResponseLease()
    {
    }

    public ResponseLease(byte[] array, int length, int bodyStart, short version) => Take(array, length, bodyStart, version);

    /// <summary>The version that the request was sent in.</summary>
    public short Version { get; private set; }

    /// <summary>Whether it holds a response.</summary>
    public bool HasResponse => _array is not null;

    /// <summary>The body, without size and header.</summary>
    public ReadOnlyMemory<byte> Body => (_array ?? throw new ObjectDisposedException(nameof(ResponseLease))).AsMemory(_bodyStart, _length - _bodyStart);

    /// <summary>Takes over the bytes of a response. It must hold none.</summary>
    public void Take(byte[] array, int length, int bodyStart, short version)
    {
        (_length, _bodyStart, Version) = (length, bodyStart, version);
        _array = array;
    }

    /// <summary>Reads the whole body as an object; what it slices lives as long as the lease.</summary>
    public TResponse Read<TResponse>()
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        var reader = new MessageReader(Body);
        return TResponse.Read(ref reader, Version);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
