using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>A piece of an answer: bytes in memory, or a range of a file that is sent without passing through the process.</summary>
internal readonly struct ResponsePart
{
    public ResponsePart(ReadOnlyMemory<byte> bytes, byte[]? pooled)
    {
        Bytes = bytes;
        Pooled = pooled;
        Count = bytes.Length;
    }

    public ResponsePart(IDiskFile file, long position, long count, IDisposable? lease)
    {
        File = file;
        Position = position;
        Count = count;
        Lease = lease;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The array of <see cref="Bytes"/> when it goes back to the shared pool.</summary>
    public byte[]? Pooled { get; }

    public IDiskFile? File { get; }

    public long Position { get; }

    /// <summary>Bytes on the wire.</summary>
    public long Count { get; }

    /// <summary>What keeps the file open until the range is sent.</summary>
    public IDisposable? Lease { get; }
}
