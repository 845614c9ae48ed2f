using System.Text.Json;
using Moldau.Coordination;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>User data of the sticky and the cooperative sticky assignor.</summary>
public sealed class StickyUserDataSuite() : JsonLineSuite("sticky-user-data")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        if (line.Text("assignor") == "cooperative-sticky")
        {
            var generation = line.Int("generation");
            return Same("bytes", line.Text("hex"), Convert.ToHexStringLower(StickyUserData.WriteCooperative(generation)))
                ?? Same("read", generation, StickyUserData.ReadCooperative(line.Hex("hex")))
                ?? Same("before the first assignment", line.Text("hexBeforeFirstAssignment"),
                    Convert.ToHexStringLower(StickyUserData.WriteCooperative(StickyUserData.NoGeneration)));
        }

        var read = StickyUserData.Read(line.Hex("hex"));
        var expected = PartitionsOf(line.GetProperty("readPartitions"));
        var difference = Same("partitions", string.Join(',', expected), string.Join(',', read.Partitions))
            ?? Same("generation", line.IntOrNull("readGeneration"), read.Generation);
        if (difference is not null)
        {
            return difference;
        }

        var partitions = line.TryGetProperty("partitions", out var written) ? PartitionsOf(written) : expected;
        var bytes = new StickyUserData(partitions, line.IntOrNull("generation")).Write();
        return Same("bytes", line.Text("hex"), Convert.ToHexStringLower(bytes));
    }

    private static List<TopicPartition> PartitionsOf(JsonElement partitions) =>
        partitions.EnumerateArray().Select(partition => new TopicPartition(partition.Text("topic"), partition.Int("partition"))).ToList();
}
