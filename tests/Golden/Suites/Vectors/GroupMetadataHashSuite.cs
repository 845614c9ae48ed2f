using System.Text.Json;
using Moldau.Coordination;
using Moldau.Core;

namespace Moldau.Golden;

/// <summary>Hashes of topics and of all topics of a group, as group records keep them.</summary>
public sealed class GroupMetadataHashSuite() : JsonLineSuite("group-metadata-hash")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var hashes = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var topic in line.GetProperty("topics").EnumerateArray())
        {
            var name = topic.Text("name");
            var racks = topic.GetProperty("partitionRacks").EnumerateArray()
                .Select(partition => (IReadOnlyList<string>)partition.EnumerateArray().Select(rack => rack.GetString()!).ToList()).ToList();
            var hash = GroupMetadataHash.OfTopic(name, Uuid.Parse(topic.Text("id")), racks);
            if (Same($"hash of {name}", topic.GetProperty("hash").GetInt64(), hash) is { } difference)
            {
                return difference;
            }

            hashes[name] = hash;
        }

        return Same("hash of the group", line.GetProperty("groupHash").GetInt64(), GroupMetadataHash.OfTopics(hashes));
    }
}
