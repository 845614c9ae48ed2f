using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>Writes the body of a produce request in pieces, so that batches go from their buffers to the socket. Stateless.</summary>
internal static class ProduceRequestWriter
{
    private const short FirstFlexibleVersion = 9;
    private const short FirstTopicIdVersion = 13;
    private const int BytesPerBatch = 64;

    /// <summary>The last version that names topics.</summary>
    public const short LastNameVersion = FirstTopicIdVersion - 1;

    /// <summary>Fills the pieces and the frame of an exchange whose batches are sealed, those of a topic next to each other.</summary>
    public static void Write(ProduceExchange exchange, string? transactionalId, short acks, int timeoutMs)
    {
        List<ProducerBatch> batches = exchange.Batches;
        short version = exchange.Version;
        bool flexible = version >= FirstFlexibleVersion;
        var writer = new MessageWriter(256 + (BytesPerBatch * batches.Count));
        Span<int> ends = batches.Count <= 256 ? stackalloc int[batches.Count] : new int[batches.Count];
        writer.WriteNullableString(transactionalId, flexible);
        writer.WriteInt16(acks);
        writer.WriteInt32(timeoutMs);
        writer.WriteArrayLength(CountTopics(batches), flexible);
        for (int i = 0; i < batches.Count; i++)
        {
            ProducerBatch batch = batches[i];
            if (i == 0 || batch.Queue.Topic != batches[i - 1].Queue.Topic)
            {
                if (i > 0)
                {
                    EndStruct(ref writer, flexible);
                }

                WriteTopic(ref writer, batches, i, version);
            }

            writer.WriteInt32(batch.Queue.Partition);
            writer.WriteArrayLength(batch.Encoded.Length, flexible);
            ends[i] = writer.Position;
            EndStruct(ref writer, flexible);
        }

        EndStruct(ref writer, flexible);
        EndStruct(ref writer, flexible);
        byte[] frame = writer.Detach(out int length);
        exchange.Frame = frame;
        int from = 0;
        for (int i = 0; i < batches.Count; i++)
        {
            exchange.Pieces.Add(frame.AsMemory(from, ends[i] - from));
            exchange.Pieces.Add(batches[i].Encoded);
            from = ends[i];
        }

        exchange.Pieces.Add(frame.AsMemory(from, length - from));
    }

    private static void WriteTopic(ref MessageWriter writer, List<ProducerBatch> batches, int first, short version)
    {
        TopicQueues topic = batches[first].Queue.Topic;
        if (version >= FirstTopicIdVersion)
        {
            writer.WriteUuid(topic.Id);
        }
        else
        {
            writer.WriteString(topic.Name, version >= FirstFlexibleVersion);
        }

        int count = 0;
        while (first + count < batches.Count && batches[first + count].Queue.Topic == topic)
        {
            count++;
        }

        writer.WriteArrayLength(count, version >= FirstFlexibleVersion);
    }

    private static int CountTopics(List<ProducerBatch> batches)
    {
        int count = 0;
        for (int i = 0; i < batches.Count; i++)
        {
            count += i == 0 || batches[i].Queue.Topic != batches[i - 1].Queue.Topic ? 1 : 0;
        }

        return count;
    }

    private static void EndStruct(ref MessageWriter writer, bool flexible)
    {
        if (flexible)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
