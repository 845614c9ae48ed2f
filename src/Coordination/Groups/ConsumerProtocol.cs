using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination;

/// <summary>
/// What members of a classic consumer group say in their join and sync: which topics they want, which partitions they are given. Each is a version
/// followed by the message. A group coordinator reads it to move groups between the classic and the consumer protocol (KIP-848). Stateless; any
/// thread.
/// </summary>
public static class ConsumerProtocol
{
    /// <summary>
    /// Reads a subscription. A version that is newer than ours is read as ours: newer ones only add at the end. The message's bytes are slices of
    /// <paramref name="bytes"/>.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes are no subscription.</exception>
    public static ConsumerProtocolSubscription ReadSubscription(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var version = Math.Min(reader.ReadInt16(), ConsumerProtocolSubscription.HighestVersion);
        return ConsumerProtocolSubscription.Read(ref reader, version);
    }

    /// <summary>
    /// Reads only which topics a subscription names. It is read as version 0, which all versions begin with, so it works for whatever a later client says after it.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes are no subscription.</exception>
    public static IReadOnlyList<string> ReadTopics(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        _ = reader.ReadInt16();
        return [.. ConsumerProtocolSubscription.Read(ref reader, ConsumerProtocolSubscription.LowestVersion).Topics];
    }

    /// <summary>Reads an assignment; as <see cref="ReadSubscription"/>.</summary>
    /// <exception cref="ProtocolException">The bytes are no assignment.</exception>
    public static ConsumerProtocolAssignment ReadAssignment(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var version = Math.Min(reader.ReadInt16(), ConsumerProtocolAssignment.HighestVersion);
        return ConsumerProtocolAssignment.Read(ref reader, version);
    }

    /// <summary>
    /// Writes a subscription with its version before it; topics and owned partitions are put in order first, so that equal subscriptions have equal
    /// bytes. What the version cannot carry is left out.
    /// </summary>
    public static byte[] WriteSubscription(
        IEnumerable<string> topics,
        ReadOnlyMemory<byte>? userData,
        IEnumerable<TopicPartition> ownedPartitions,
        int? generationId,
        string? rackId,
        short version)
    {
        var message = new ConsumerProtocolSubscription
        {
            Topics = [.. topics.Order(StringComparer.Ordinal)],
            UserData = userData,
            GenerationId = generationId ?? -1,
            RackId = rackId,
        };
        foreach (var topic in ownedPartitions.GroupBy(owned => owned.Topic).OrderBy(topic => topic.Key))
        {
            message.OwnedPartitions.Add(new ConsumerProtocolSubscription.TopicPartition
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(owned => owned.Partition).Order()],
            });
        }

        return WithVersion(message, Math.Min(version, ConsumerProtocolSubscription.HighestVersion));
    }

    /// <summary>Writes an assignment with its version before it; topics stay in the order in which they first come.</summary>
    public static byte[] WriteAssignment(IEnumerable<TopicPartition> partitions, ReadOnlyMemory<byte>? userData, short version)
    {
        var message = new ConsumerProtocolAssignment { UserData = userData };
        foreach (var topic in partitions.GroupBy(assigned => assigned.Topic))
        {
            message.AssignedPartitions.Add(new ConsumerProtocolAssignment.TopicPartition
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(assigned => assigned.Partition)],
            });
        }

        return WithVersion(message, Math.Min(version, ConsumerProtocolAssignment.HighestVersion));
    }

    private static byte[] WithVersion(IMessage message, short version)
    {
        var writer = new MessageWriter(128);
        try
        {
            writer.WriteInt16(version);
            message.Write(ref writer, version);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
