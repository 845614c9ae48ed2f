using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>
/// One answer as it goes over the wire, size included: parts in order. Built by one owner, who hands it to <see cref="PendingRequest.Complete"/>; the connection sends and disposes it.
/// </summary>
public sealed class OutgoingFrame : IDisposable
{
    /// <summary>The int32 size before each frame; the first part leaves room for it.</summary>
    public const int SizeBytes = 4;

    /// <summary>Answers of more parts do not keep their list.</summary>
    private const int KeptPartsMax = 64;

    private static readonly List<ResponsePart> NoMore = [];
    private List<ResponsePart> _more = NoMore;
    private byte[] _head;
    private int _headLength;
    private bool _disposed;

    /// <param name="head">An array from the shared pool, owned from here on: 4 bytes for the size, then the header and the (start of the) body.</param>
    /// <param name="length">Bytes used in it, the 4 for the size included.</param>
    public OutgoingFrame(byte[] head, int length) => Refill(head, length);

    /// <summary>Bytes on the wire, the size included.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>Bytes of memory that wait with it; file ranges cost none.</summary>
    public long MemoryBytes { get; private set; }

    internal ReadOnlyMemory<byte> Head => _head.AsMemory(0, _headLength);

    internal List<ResponsePart> More => _more;

    /// <summary>Appends the start of an array of the shared pool, owned from here on.</summary>
    public void AddPooled(byte[] pooled, int length) => Add(new ResponsePart(pooled.AsMemory(0, length), pooled), pooled.Length);

    /// <summary>Appends bytes that stay valid and unchanged until they are sent.</summary>
    public void Add(ReadOnlyMemory<byte> bytes) => Add(new ResponsePart(bytes, pooled: null), bytes.Length);

    /// <summary>Appends a range of a file; <paramref name="lease"/> is disposed once it is sent or given up.</summary>
    public void AddFile(IDiskFile file, long position, long count, IDisposable? lease) => Add(new ResponsePart(file, position, count, lease), memoryBytes: 0);

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        ArrayPool<byte>.Shared.Return(_head);
        foreach (ResponsePart part in _more)
        {
            part.Lease?.Dispose();
            if (part.Pooled is not null)
            {
                ArrayPool<byte>.Shared.Return(part.Pooled);
            }
        }

        if (_more.Capacity > KeptPartsMax)
        {
            _more = NoMore;
        }
        else if (!ReferenceEquals(_more, NoMore))
        {
            _more.Clear();
        }
    }

    /// <summary>Makes it another answer, once the one before was disposed. As the constructor.</summary>
    [MemberNotNull(nameof(_head))]
    internal void Refill(byte[] head, int length)
    {
        _head = head;
        _headLength = length;
        _disposed = false;
        TotalBytes = length;
        MemoryBytes = head.Length;
    }

    /// <summary>Writes the size, now that it is known.</summary>
    internal void Seal() => BinaryPrimitives.WriteInt32BigEndian(_head, checked((int)(TotalBytes - SizeBytes)));

    private void Add(ResponsePart part, int memoryBytes)
    {
        if (ReferenceEquals(_more, NoMore))
        {
            // Most answers have one part only.
            _more = [];
        }

        _more.Add(part);
        TotalBytes += part.Count;
        MemoryBytes += memoryBytes;
    }
}
