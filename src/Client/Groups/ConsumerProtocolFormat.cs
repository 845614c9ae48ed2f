using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

namespace Moldau.Client;

/// <summary>
/// The bytes that members of a classic group exchange through their coordinator: a version, and the message. A later version is read as the last we know, as
/// versions only add at the end. Stateless; any thread.
/// </summary>
internal static class ConsumerProtocolFormat
{
    /// <summary>The type of group in JoinGroup and SyncGroup.</summary>
    public const string ProtocolType = "consumer";

    private const int NoGeneration = -1;

    /// <summary>Writes what goes to the leader; topics and partitions are put in order, so that a subscription that did not change has the same bytes.</summary>
    public static byte[] WriteSubscription(MemberSubscription subscription)
    {
        var message = new ConsumerProtocolSubscription
        {
            Topics = [.. subscription.Topics.Order(StringComparer.Ordinal)],
            UserData = subscription.UserData,
            GenerationId = subscription.GenerationId ?? NoGeneration,
            RackId = subscription.RackId,
        };
        foreach (var topic in subscription.OwnedPartitions.GroupBy(owned => owned.Topic).OrderBy(topic => topic.Key))
        {
            message.OwnedPartitions.Add(new ConsumerProtocolSubscription.TopicPartition
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(owned => owned.Partition).Order()],
            });
        }

        return Write(message, ConsumerProtocolSubscription.HighestVersion);
    }

    /// <summary>Reads what a member told.</summary>
    /// <exception cref="ProtocolException">The bytes are no subscription.</exception>
    public static MemberSubscription ReadSubscription(string memberId, string? groupInstanceId, ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var message = ConsumerProtocolSubscription.Read(ref reader, Known(reader.ReadInt16(), ConsumerProtocolSubscription.HighestVersion));
        return new MemberSubscription(memberId, [.. message.Topics])
        {
            GroupInstanceId = groupInstanceId,
            OwnedPartitions = [.. message.OwnedPartitions.SelectMany(topic => topic.Partitions.Select(index => new TopicPartition(topic.Topic, index)))],
            GenerationId = message.GenerationId < 0 ? null : message.GenerationId,
            RackId = string.IsNullOrEmpty(message.RackId) ? null : message.RackId,
            UserData = message.UserData is { } data ? data.ToArray() : default(ReadOnlyMemory<byte>?),
        };
    }

    /// <summary>Writes what a member is given; topics stay in the order in which they first come.</summary>
    public static byte[] WriteAssignment(IEnumerable<TopicPartition> partitions)
    {
        var message = new ConsumerProtocolAssignment { UserData = null };
        foreach (var topic in partitions.GroupBy(assigned => assigned.Topic))
        {
            message.AssignedPartitions.Add(new ConsumerProtocolAssignment.TopicPartition
            {
                Topic = topic.Key,
                Partitions = [.. topic.Select(assigned => assigned.Partition)],
            });
        }

        return Write(message, ConsumerProtocolAssignment.HighestVersion);
    }

    /// <summary>Reads what a member is given; no bytes are no partitions.</summary>
    /// <exception cref="ProtocolException">The bytes are no assignment.</exception>
    public static IReadOnlyList<TopicPartition> ReadAssignment(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var reader = new MessageReader(bytes);
        var message = ConsumerProtocolAssignment.Read(ref reader, Known(reader.ReadInt16(), ConsumerProtocolAssignment.HighestVersion));
        return [.. message.AssignedPartitions.SelectMany(topic => topic.Partitions.Select(index => new TopicPartition(topic.Topic, index)))];
    }

    private static short Known(short version, short highest)
    {
        if (version < 0)
        {
            throw new ProtocolException($"a member's data has version {version}; versions begin with 0");
        }

        return Math.Min(version, highest);
    }

    private static byte[] Write(IMessage message, short version)
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
