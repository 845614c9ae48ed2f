using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Hashes of what a group's assignment depends on: each topic with its partitions and their racks, and all topics of a group. Group records keep
/// them, so that a coordinator knows after a failover whether it must assign anew (KIP-1101). The bytes that are hashed are those of the library
/// that Apache Kafka uses: numbers little-endian, texts as UTF-16 followed by their length. Stateless; any thread.
/// </summary>
public static class GroupMetadataHash
{
    private const byte TopicHashMagic = 0;

    /// <summary>The hash of a group without topics, and of a topic that does not exist.</summary>
    public const long Nothing = 0;

    /// <summary>
    /// The hash of a topic. <paramref name="partitionRacks"/> has the racks of the replicas of each partition, those without a rack left out, in any
    /// order.
    /// </summary>
    public static long OfTopic(TopicName name, Uuid id, IReadOnlyList<IReadOnlyList<string>> partitionRacks)
    {
        var stream = new ArrayBufferWriter<byte>();
        stream.Write([TopicHashMagic]);
        PutLong(stream, (long)id.MostSignificant);
        PutLong(stream, (long)id.LeastSignificant);
        PutText(stream, name.Value);
        PutInt(stream, partitionRacks.Count);
        for (var partition = 0; partition < partitionRacks.Count; partition++)
        {
            PutInt(stream, partition);
            foreach (var rack in partitionRacks[partition].Order(StringComparer.Ordinal))
            {
                PutInt(stream, rack.Length);
                PutText(stream, rack);
            }
        }

        return (long)XxHash3.Hash(stream.WrittenSpan);
    }

    /// <summary>The hash of a group that subscribes to the topics named, from the hash of each.</summary>
    public static long OfTopics(IReadOnlyDictionary<string, long> topicHashes)
    {
        if (topicHashes.Count == 0)
        {
            return Nothing;
        }

        var stream = new ArrayBufferWriter<byte>(topicHashes.Count * sizeof(long));
        foreach (var topic in topicHashes.OrderBy(topic => topic.Key, StringComparer.Ordinal))
        {
            PutLong(stream, topic.Value);
        }

        return (long)XxHash3.Hash(stream.WrittenSpan);
    }

    private static void PutLong(ArrayBufferWriter<byte> stream, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(stream.GetSpan(sizeof(long)), value);
        stream.Advance(sizeof(long));
    }

    private static void PutInt(ArrayBufferWriter<byte> stream, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(stream.GetSpan(sizeof(int)), value);
        stream.Advance(sizeof(int));
    }

    private static void PutText(ArrayBufferWriter<byte> stream, string text)
    {
        Invariant.That(BitConverter.IsLittleEndian);
        stream.Write(MemoryMarshal.AsBytes(text.AsSpan()));
        PutInt(stream, text.Length);
    }
}
