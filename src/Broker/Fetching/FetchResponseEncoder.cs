using System.Buffers;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Broker.Fetching;

/// <summary>
/// Writes fetch answers, v4 to v18, without objects in between: the bytes around the records go into the writer's buffer, the records are sent from their files. Costs nothing per record,
/// and per partition only its fields. <see cref="Write"/> remembers where each range of records belongs; <see cref="ToFrame"/> puts the two together.
/// </summary>
internal static class FetchResponseEncoder
{
    private const int FlexibleVersion = 12;
    private const int TopicIdVersion = 13;
    private const int NodeEndpointsVersion = 16;

    /// <summary>Writes the body. <paramref name="recordPositions"/> gets, for each partition, the position in the writer behind its records' length, or -1 when it is not sent.</summary>
    public static void Write(
        ref MessageWriter writer, short version, int throttleMs, ErrorCode error, int sessionId, List<FetchPartition> partitions, ReadOnlySpan<PartitionRead> reads,
        ReadOnlySpan<bool> send, Span<int> recordPositions, IReadOnlyList<FetchNodeEndpoint> nodeEndpoints)
    {
        var flexible = version >= FlexibleVersion;
        writer.WriteInt32(throttleMs);
        if (version >= 7)
        {
            writer.WriteInt16((short)error);
            writer.WriteInt32(sessionId);
        }

        writer.WriteArrayLength(CountTopics(partitions, send), flexible);
        recordPositions.Fill(-1);
        for (var i = NextSent(send, 0); i < send.Length;)
        {
            i = WriteTopic(ref writer, version, partitions, reads, send, recordPositions, i);
        }

        if (flexible)
        {
            WriteNodeEndpoints(ref writer, version, nodeEndpoints);
        }
    }

    /// <summary>Cuts the written bytes at the places of the records and puts the file ranges between. Takes the writer's buffer and the slices over.</summary>
    public static OutgoingFrame ToFrame(RequestContext context, ref MessageWriter writer, ReadOnlySpan<PartitionRead> reads, ReadOnlySpan<int> recordPositions)
    {
        var buffer = writer.Detach(out var length);
        var next = NextWithRecords(reads, recordPositions, 0);
        var written = next < reads.Length ? recordPositions[next] : length;
        var frame = context.AnswerReused(buffer, written);
        while (next < reads.Length)
        {
            ref readonly var slice = ref reads[next].Slice;
            frame.AddFile(slice.File!, slice.Position, slice.Length, slice.Lease);
            next = NextWithRecords(reads, recordPositions, next + 1);
            var end = next < reads.Length ? recordPositions[next] : length;
            if (end > written)
            {
                // The head owns the buffer until the whole frame is sent.
                frame.Add(buffer.AsMemory(written, end - written));
            }

            written = end;
        }

        return frame;
    }

    /// <summary>Skips the partitions without records, and gives up what they hold.</summary>
    private static int NextWithRecords(ReadOnlySpan<PartitionRead> reads, ReadOnlySpan<int> recordPositions, int from)
    {
        for (; from < reads.Length && (recordPositions[from] < 0 || reads[from].Slice.Length == 0); from++)
        {
            reads[from].Slice.Dispose();
        }

        return from;
    }

    private static int WriteTopic(
        ref MessageWriter writer, short version, List<FetchPartition> partitions, ReadOnlySpan<PartitionRead> reads, ReadOnlySpan<bool> send, Span<int> recordPositions, int first)
    {
        var flexible = version >= FlexibleVersion;
        var topic = partitions[first];
        var end = first;
        var count = 0;
        for (; end < send.Length && (!send[end] || IsSameTopic(topic, partitions[end])); end++)
        {
            count += send[end] ? 1 : 0;
        }

        if (version >= TopicIdVersion)
        {
            writer.WriteUuid(topic.TopicId);
        }
        else
        {
            writer.WriteString(topic.TopicName ?? "", flexible);
        }

        writer.WriteArrayLength(count, flexible);
        for (var i = first; i < end; i++)
        {
            if (send[i])
            {
                recordPositions[i] = WritePartition(ref writer, version, partitions[i].Partition, in reads[i]);
            }
        }

        if (flexible)
        {
            writer.WriteUnsignedVarint(0);
        }

        return end;
    }

    /// <summary>Writes one partition but its records; returns the position where they belong.</summary>
    private static int WritePartition(ref MessageWriter writer, short version, int index, in PartitionRead read)
    {
        var flexible = version >= FlexibleVersion;
        writer.WriteInt32(index);
        writer.WriteInt16((short)read.Error);
        writer.WriteInt64(read.HighWatermark);
        writer.WriteInt64(read.LastStableOffset);
        if (version >= 5)
        {
            writer.WriteInt64(read.LogStartOffset);
        }

        WriteAbortedTransactions(ref writer, read.Slice.AbortedTransactions, flexible);
        if (version >= 11)
        {
            writer.WriteInt32(-1);
        }

        writer.WriteArrayLength(read.Slice.Length, flexible);
        var recordPosition = writer.Position;
        if (flexible)
        {
            WriteTaggedFields(ref writer, in read);
        }

        return recordPosition;
    }

    private static void WriteTaggedFields(ref MessageWriter writer, in PartitionRead read)
    {
        var hasLeader = read.CurrentLeaderId >= 0 || read.CurrentLeaderEpoch >= 0;
        writer.WriteUnsignedVarint((read.HasDivergingEpoch ? 1 : 0) + (hasLeader ? 1 : 0));
        if (read.HasDivergingEpoch)
        {
            var start = writer.BeginTag(0);
            writer.WriteInt32(read.DivergingEpoch);
            writer.WriteInt64(read.DivergingEndOffset);
            writer.WriteUnsignedVarint(0);
            writer.EndTag(start);
        }

        if (hasLeader)
        {
            var start = writer.BeginTag(1);
            writer.WriteInt32(read.CurrentLeaderId);
            writer.WriteInt32(read.CurrentLeaderEpoch);
            writer.WriteUnsignedVarint(0);
            writer.EndTag(start);
        }
    }

    /// <summary>Null but for read_committed.</summary>
    private static void WriteAbortedTransactions(ref MessageWriter writer, IReadOnlyList<AbortedTransaction>? aborted, bool flexible)
    {
        writer.WriteArrayLength(aborted?.Count ?? -1, flexible);
        for (var i = 0; i < (aborted?.Count ?? 0); i++)
        {
            writer.WriteInt64(aborted![i].ProducerId);
            writer.WriteInt64(aborted[i].FirstOffset);
            if (flexible)
            {
                writer.WriteUnsignedVarint(0);
            }
        }
    }

    private static void WriteNodeEndpoints(ref MessageWriter writer, short version, IReadOnlyList<FetchNodeEndpoint> nodeEndpoints)
    {
        if (version < NodeEndpointsVersion || nodeEndpoints.Count == 0)
        {
            writer.WriteUnsignedVarint(0);
            return;
        }

        writer.WriteUnsignedVarint(1);
        var start = writer.BeginTag(0);
        writer.WriteArrayLength(nodeEndpoints.Count, compact: true);
        foreach (var node in nodeEndpoints)
        {
            writer.WriteInt32(node.NodeId);
            writer.WriteString(node.Host, compact: true);
            writer.WriteInt32(node.Port);
            writer.WriteNullableString(node.Rack, compact: true);
            writer.WriteUnsignedVarint(0);
        }

        writer.EndTag(start);
    }

    private static int CountTopics(List<FetchPartition> partitions, ReadOnlySpan<bool> send)
    {
        var count = 0;
        FetchPartition? previous = null;
        for (var i = NextSent(send, 0); i < send.Length; i = NextSent(send, i + 1))
        {
            count += previous is null || !IsSameTopic(previous, partitions[i]) ? 1 : 0;
            previous = partitions[i];
        }

        return count;
    }

    private static int NextSent(ReadOnlySpan<bool> send, int from)
    {
        while (from < send.Length && !send[from])
        {
            from++;
        }

        return from;
    }

    private static bool IsSameTopic(FetchPartition left, FetchPartition right) =>
        left.TopicId == right.TopicId && (left.TopicId != Uuid.Zero || left.TopicName == right.TopicName);
}
