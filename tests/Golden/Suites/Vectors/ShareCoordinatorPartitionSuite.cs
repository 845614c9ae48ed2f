using System.Text.Json;
using Moldau.Coordination;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>Share partitions and the partitions of their coordinators.</summary>
public sealed class ShareCoordinatorPartitionSuite() : JsonLineSuite("share-coordinator-partition")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var key = CoordinatorPartition.ShareKey(line.Text("group"), Uuid.Parse(line.Text("topicId")), line.Int("partition"));
        return Same("key", line.Text("key"), key)
            ?? Same("hash code", line.Int("javaHashCode"), JavaHash.OfText(key))
            ?? Same("partition of 50", line.Int("of50"), CoordinatorPartition.OfId(key, 50).Value);
    }
}
