using System.Globalization;
using System.Text.Json;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>Keys, their Murmur2 hash and their partitions.</summary>
public sealed class PartitionerSuite() : JsonLineSuite("partitioner")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var key = line.Hex("key");
        var hash = Murmur2.Hash(key);
        return Same("murmur2", line.Int("murmur2"), hash)
            ?? Same("positive", line.Int("positive"), JavaHash.ToPositive(hash))
            ?? line.GetProperty("partition").EnumerateObject()
                .Select(count => Same($"partition of {count.Name}", count.Value.GetInt32(),
                    Murmur2.PartitionFor(key, int.Parse(count.Name, CultureInfo.InvariantCulture)).Value))
                .FirstOrDefault(difference => difference is not null);
    }
}
