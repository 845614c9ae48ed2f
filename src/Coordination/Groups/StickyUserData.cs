using System.Buffers.Binary;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>
/// The user data with which sticky assignors remember what a member had: the eager one its partitions and generation (without the generation in its
/// first version, KIP-341), the cooperative one the generation alone (KIP-429). Immutable.
/// </summary>
public sealed class StickyUserData(IReadOnlyList<TopicPartition> partitions, int? generation)
{
    /// <summary>The generation of a member that was not assigned anything yet.</summary>
    public const int NoGeneration = -1;

    private const int TopicBytesMin = sizeof(short) + sizeof(int);

    /// <summary>The partitions that the member had.</summary>
    public IReadOnlyList<TopicPartition> Partitions => partitions;

    /// <summary>The generation in which it had them; null in the first version.</summary>
    public int? Generation => generation;

    /// <summary>Reads the eager assignor's user data, of both versions.</summary>
    /// <exception cref="ProtocolException">The bytes are neither; assignors then take it that the member had nothing.</exception>
    public static StickyUserData Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var topics = reader.ReadArrayLength(compact: false, TopicBytesMin, "previous_assignment");
        var partitions = new List<TopicPartition>();
        for (; topics > 0; topics--)
        {
            var topic = reader.ReadString(compact: false, "topic");
            var count = reader.ReadArrayLength(compact: false, sizeof(int), "partitions");
            for (; count > 0; count--)
            {
                partitions.Add(new TopicPartition(topic, reader.ReadInt32()));
            }
        }

        return new StickyUserData(partitions, reader.Remaining >= sizeof(int) ? reader.ReadInt32() : null);
    }

    /// <summary>Writes the eager assignor's user data, in the second version when there is a generation; topics by name, partitions as they are.</summary>
    public byte[] Write()
    {
        var writer = new MessageWriter(128);
        try
        {
            var topics = partitions.GroupBy(partition => partition.Topic).OrderBy(topic => topic.Key).ToList();
            writer.WriteArrayLength(topics.Count, compact: false);
            foreach (var topic in topics)
            {
                var numbers = topic.Select(partition => partition.Partition.Value).ToList();
                writer.WriteString(topic.Key, compact: false);
                writer.WriteArrayLength(numbers.Count, compact: false);
                foreach (var number in numbers)
                {
                    writer.WriteInt32(number);
                }
            }

            if (generation is { } value)
            {
                writer.WriteInt32(value);
            }

            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Reads the cooperative assignor's user data; what is shorter than a number counts as no generation.</summary>
    public static int ReadCooperative(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        return reader.Remaining >= sizeof(int) ? reader.ReadInt32() : NoGeneration;
    }

    /// <summary>Writes the cooperative assignor's user data.</summary>
    public static byte[] WriteCooperative(int generation)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, generation);
        return bytes;
    }
}
