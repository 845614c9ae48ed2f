using System.Buffers.Binary;
using Moldau.Core;

namespace Moldau.Storage;

/// <summary>The <c>.snapshot</c> file: version, checksum of what follows it, and the state of each producer, 46 bytes each.</summary>
internal static class ProducerSnapshot
{
    public const short Version = 1;

    private const int CrcAt = 2;
    private const int CountAt = 6;
    private const int EntriesAt = 10;
    private const int EntrySize = 46;

    public static byte[] Format(IReadOnlyCollection<ProducerStateEntry> entries)
    {
        var content = new byte[EntriesAt + (entries.Count * EntrySize)];
        BinaryPrimitives.WriteInt16BigEndian(content, Version);
        BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(CountAt), entries.Count);
        var at = EntriesAt;
        foreach (var entry in entries)
        {
            var target = content.AsSpan(at, EntrySize);
            BinaryPrimitives.WriteInt64BigEndian(target, entry.ProducerId);
            BinaryPrimitives.WriteInt16BigEndian(target[8..], entry.ProducerEpoch);
            BinaryPrimitives.WriteInt32BigEndian(target[10..], entry.LastSequence);
            BinaryPrimitives.WriteInt64BigEndian(target[14..], entry.LastDataOffset);
            BinaryPrimitives.WriteInt32BigEndian(target[22..], entry.LastOffsetDelta);
            BinaryPrimitives.WriteInt64BigEndian(target[26..], entry.LastTimestamp);
            BinaryPrimitives.WriteInt32BigEndian(target[34..], entry.CoordinatorEpoch);
            BinaryPrimitives.WriteInt64BigEndian(target[38..], entry.CurrentTransactionFirstOffset);
            at += EntrySize;
        }

        BinaryPrimitives.WriteUInt32BigEndian(content.AsSpan(CrcAt), Crc32C.Compute(content.AsSpan(CountAt)));
        return content;
    }

    /// <exception cref="CorruptFileException">Not a snapshot, or damaged.</exception>
    public static List<ProducerStateEntry> Parse(string path, ReadOnlySpan<byte> content)
    {
        if (content.Length < EntriesAt)
        {
            throw new CorruptFileException(path, $"a producer snapshot has at least {EntriesAt} bytes, this has {content.Length}");
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(content);
        if (version != Version)
        {
            throw new CorruptFileException(path, $"unknown version {version} of a producer snapshot, expected {Version}");
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(content[CountAt..]);
        if (count < 0 || EntriesAt + ((long)count * EntrySize) > content.Length)
        {
            throw new CorruptFileException(path, $"the producer snapshot says {count} entries, which its {content.Length} bytes do not hold");
        }

        var stored = BinaryPrimitives.ReadUInt32BigEndian(content[CrcAt..]);
        var computed = Crc32C.Compute(content[CountAt..]);
        if (stored != computed)
        {
            throw new CorruptFileException(path, $"the checksum of the producer snapshot is {stored}, its content has {computed}");
        }

        var entries = new List<ProducerStateEntry>(count);
        for (var i = 0; i < count; i++)
        {
            entries.Add(Entry(content.Slice(EntriesAt + (i * EntrySize), EntrySize)));
        }

        return entries;
    }

    private static ProducerStateEntry Entry(ReadOnlySpan<byte> source)
    {
        var lastOffset = BinaryPrimitives.ReadInt64BigEndian(source[14..]);
        var timestamp = BinaryPrimitives.ReadInt64BigEndian(source[26..]);
        ProducerBatch? batch = lastOffset >= 0
            ? new ProducerBatch(BinaryPrimitives.ReadInt32BigEndian(source[10..]), lastOffset, BinaryPrimitives.ReadInt32BigEndian(source[22..]), timestamp)
            : null;
        var entry = new ProducerStateEntry(BinaryPrimitives.ReadInt64BigEndian(source));
        entry.Restore(
            BinaryPrimitives.ReadInt16BigEndian(source[8..]),
            BinaryPrimitives.ReadInt32BigEndian(source[34..]),
            timestamp,
            BinaryPrimitives.ReadInt64BigEndian(source[38..]),
            batch);
        return entry;
    }
}
