using System.Globalization;
using System.Text.Json;
using Moldau.Coordination;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>Group and transactional ids and the partitions of their coordinators.</summary>
public sealed class CoordinatorPartitionSuite() : JsonLineSuite("coordinator-partition")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var id = line.Text("id");
        var hash = JavaHash.OfText(id);
        return Same("hash code", line.Int("javaHashCode"), hash)
            ?? Same("abs", line.Int("utilsAbs"), JavaHash.Abs(hash))
            ?? line.GetProperty("partition").EnumerateObject()
                .Select(count => Same($"partition of {count.Name}", count.Value.GetInt32(),
                    CoordinatorPartition.OfId(id, int.Parse(count.Name, CultureInfo.InvariantCulture)).Value))
                .FirstOrDefault(difference => difference is not null);
    }
}
