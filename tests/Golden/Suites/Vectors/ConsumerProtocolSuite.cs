using System.Text.Json;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

namespace Moldau.Golden;

/// <summary>Subscriptions and assignments of classic consumer groups: written, read, of a newer version, cut.</summary>
public sealed class ConsumerProtocolSuite() : JsonLineSuite("consumer-protocol")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        if (line.Text("what").StartsWith("assignment", StringComparison.Ordinal))
        {
            return CompareAssignment(line);
        }

        return line.TryGetProperty("written", out var written) ? CompareWritten(line, written) ?? CompareRead(line) : CompareRead(line);
    }

    private static string? CompareWritten(JsonElement line, JsonElement written)
    {
        var bytes = ConsumerProtocol.WriteSubscription(
            written.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()!),
            written.HexOrNull("userData"),
            PartitionsOf(written.GetProperty("ownedPartitions")),
            written.IntOrNull("generationId"),
            written.TextOrNull("rackId"),
            line.GetProperty("version").GetInt16());
        return Same("bytes", line.Text("hex"), Convert.ToHexStringLower(bytes));
    }

    private static string? CompareRead(JsonElement line)
    {
        ConsumerProtocolSubscription read;
        try
        {
            read = ConsumerProtocol.ReadSubscription(line.Hex("hex"));
        }
        catch (ProtocolException error)
        {
            return line.IsRefused ? null : error.Message;
        }

        if (line.IsRefused)
        {
            return "read, but Apache Kafka refuses it";
        }

        var expected = line.GetProperty("read");
        var owned = read.OwnedPartitions.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)));
        return Same("topics", string.Join(',', expected.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString())), string.Join(',', read.Topics))
            ?? Same("user data", expected.TextOrNull("userData"), HexOf(read.UserData))
            ?? Same("owned", string.Join(',', PartitionsOf(expected.GetProperty("ownedPartitions"))), string.Join(',', owned))
            ?? Same("generation", expected.IntOrNull("generationId") ?? -1, read.GenerationId)
            ?? Same("rack", expected.TextOrNull("rackId") ?? "", read.RackId ?? "");
    }

    private static string? CompareAssignment(JsonElement line)
    {
        var userData = line.HexOrNull("userData");
        var bytes = ConsumerProtocol.WriteAssignment(PartitionsOf(line.GetProperty("partitions")), userData, line.GetProperty("version").GetInt16());
        var read = ConsumerProtocol.ReadAssignment(line.Hex("hex"));
        var assigned = read.AssignedPartitions.SelectMany(topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)));
        return Same("bytes", line.Text("hex"), Convert.ToHexStringLower(bytes))
            ?? Same("read", string.Join(',', PartitionsOf(line.GetProperty("readPartitions"))), string.Join(',', assigned))
            ?? Same("user data", line.TextOrNull("userData"), HexOf(read.UserData));
    }

    private static List<TopicPartition> PartitionsOf(JsonElement partitions) =>
        partitions.EnumerateArray().Select(partition => new TopicPartition(partition.Text("topic"), partition.Int("partition"))).ToList();

    private static string? HexOf(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Convert.ToHexStringLower(some.Span) : null;
}
