using System.Buffers.Binary;

namespace Moldau.Storage;

/// <summary>A transaction that ended with an abort marker: its producer, the offset of its first record, the offset of the marker, and the last stable
/// offset at the time.</summary>
public readonly record struct AbortedTransaction(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset)
{
    internal const int Size = 34;
    internal const short Version = 0;

    internal void Write(Span<byte> entry)
    {
        BinaryPrimitives.WriteInt16BigEndian(entry, Version);
        BinaryPrimitives.WriteInt64BigEndian(entry[2..], ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(entry[10..], FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[18..], LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(entry[26..], LastStableOffset);
    }

    internal static AbortedTransaction Read(string path, ReadOnlySpan<byte> entry)
    {
        var version = BinaryPrimitives.ReadInt16BigEndian(entry);
        return version > Version
            ? throw new CorruptFileException(path, $"aborted transaction of version {version}, the newest known is {Version}")
            : new AbortedTransaction(
                BinaryPrimitives.ReadInt64BigEndian(entry[2..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[10..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[18..]),
                BinaryPrimitives.ReadInt64BigEndian(entry[26..]));
    }
}
