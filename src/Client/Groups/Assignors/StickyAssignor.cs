using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// As even as can be, and each member keeps as much of what it had as that allows. Members give everything up before they join (eager) and tell the leader
/// in their user data what they had, and in which generation (KIP-54, KIP-341).
/// </summary>
public sealed class StickyAssignor : StickyAssignorBase
{
    internal const string AssignorName = "sticky";
    private const int TopicBytesMin = sizeof(short) + sizeof(int);

    private IReadOnlyList<TopicPartition>? _had;
    private int _generation = NoGeneration;

    /// <inheritdoc />
    public override string Name => AssignorName;

    /// <inheritdoc />
    public override void OnAssignment(IReadOnlyList<TopicPartition> partitions, int generationId)
    {
        _had = partitions;
        _generation = generationId;
    }

    /// <inheritdoc />
    public override byte[]? SubscriptionUserData() => _had is null ? null : WriteUserData(_had, _generation);

    private protected override MemberHistory HistoryOf(MemberSubscription member)
    {
        if (member.UserData is not { Length: > 0 } data)
        {
            return new MemberHistory([], null);
        }

        try
        {
            return ReadUserData(data);
        }
        catch (ProtocolException)
        {
            // Another client's user data: what it had is not known.
            return new MemberHistory([], NoGeneration);
        }
    }

    private static byte[] WriteUserData(IReadOnlyList<TopicPartition> partitions, int generation)
    {
        using var writer = new MessageWriter(128);
        var topics = partitions.GroupBy(partition => partition.Topic).ToList();
        writer.WriteArrayLength(topics.Count, compact: false);
        foreach (var topic in topics)
        {
            writer.WriteString(topic.Key, compact: false);
            writer.WriteArrayLength(topic.Count(), compact: false);
            foreach (var partition in topic)
            {
                writer.WriteInt32(partition.Partition);
            }
        }

        writer.WriteInt32(generation);
        return writer.ToArray();
    }

    private static MemberHistory ReadUserData(ReadOnlyMemory<byte> bytes)
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

        return new MemberHistory(partitions, reader.Remaining >= sizeof(int) ? reader.ReadInt32() : null);
    }
}
