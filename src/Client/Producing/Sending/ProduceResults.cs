using System.Text;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// Reads the response of a produce request that went well where it lies, without allocating. What holds an error, or more than plain fields, is left to the generated class. Stateless.
/// </summary>
internal static class ProduceResults
{
    private const short FirstFlexibleVersion = 9;
    private const short FirstTopicIdVersion = 13;
    private const short FirstRecordErrorsVersion = 8;
    private const short FirstLogStartVersion = 5;
    private const short FirstAppendTimeVersion = 2;

    /// <summary>
    /// Gives base offset and append time of each batch of the exchange, by its place there; false when the response holds an error or anything unusual: nothing may be
    /// believed then.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, short version, List<ProducerBatch> batches, Span<long> baseOffsets, Span<long> appendTimes)
    {
        bool flexible = version >= FirstFlexibleVersion;
        var reader = new MessageReader(body);
        int found = 0;
        for (int topics = reader.ReadArrayLength(flexible, 1, "Responses"); topics > 0; topics--)
        {
            Uuid id = default;
            ReadOnlySpan<byte> name = default;
            if (version >= FirstTopicIdVersion)
            {
                id = reader.ReadUuid();
            }
            else
            {
                name = reader.ReadStringBytes(flexible, "Name", out _);
            }

            int topicAt = -1;
            for (int partitions = reader.ReadArrayLength(flexible, 1, "PartitionResponses"); partitions > 0; partitions--)
            {
                int partition = reader.ReadInt32();
                if (reader.ReadInt16() != 0)
                {
                    return false;
                }

                long baseOffset = reader.ReadInt64();
                long appendTime = version >= FirstAppendTimeVersion ? reader.ReadInt64() : -1;
                _ = version >= FirstLogStartVersion ? reader.ReadInt64() : -1;
                if (version >= FirstRecordErrorsVersion)
                {
                    if (reader.ReadArrayLength(flexible, 1, "RecordErrors") > 0)
                    {
                        return false;
                    }

                    _ = reader.ReadNullableString(flexible, "ErrorMessage");
                }

                if (flexible && reader.ReadTaggedFieldCount() != 0)
                {
                    return false;
                }

                int at = Find(batches, ref topicAt, version, id, name, partition, expected: found);
                if (at < 0)
                {
                    return false;
                }

                baseOffsets[at] = baseOffset;
                appendTimes[at] = appendTime;
                found++;
            }

            if (flexible && reader.ReadTaggedFieldCount() != 0)
            {
                return false;
            }
        }

        return found == batches.Count;
    }

    /// <summary>Brokers answer in the order of the request, mostly.</summary>
    private static int Find(List<ProducerBatch> batches, ref int topicAt, short version, Uuid id, ReadOnlySpan<byte> name, int partition, int expected)
    {
        for (int i = 0; i < batches.Count; i++)
        {
            int at = (expected + i) % batches.Count;
            PartitionQueue queue = batches[at].Queue;
            if (queue.Partition != partition)
            {
                continue;
            }

            if (topicAt >= 0 ? queue.Topic == batches[topicAt].Queue.Topic : version >= FirstTopicIdVersion ? queue.Topic.Id == id : IsNamed(queue.Topic.Name, name))
            {
                topicAt = at;
                return at;
            }
        }

        return -1;
    }

    private static bool IsNamed(string topic, ReadOnlySpan<byte> name) => name.Length == topic.Length && Ascii.Equals(name, topic);
}
