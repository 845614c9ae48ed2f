using System.Text.Json;
using Moldau.Core;
using Moldau.Raft;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>The texts of checkpoints, partition.metadata, meta.properties and the clean shutdown marker, written and read.</summary>
public sealed class FilesSuite() : JsonLineSuite("files")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var text = line.Text("text");
        var content = line.GetProperty("content");
        return line.Text("file") switch
        {
            LogFileNames.LeaderEpochCheckpoint => Epochs(text, content),
            LogFileNames.PartitionMetadata => Same("text", text, PartitionMetadataFile.Format(Uuid.Parse(content.Text("topicId"))))
                ?? Same("topic id", content.Text("topicId"), PartitionMetadataFile.Parse("file", text).ToString()),
            LogFileNames.CleanShutdown => Same("text", text, CleanShutdownFile.Format(content.GetProperty("brokerEpoch").GetInt64()))
                ?? Same("broker epoch", content.GetProperty("brokerEpoch").GetInt64(), CleanShutdownFile.Parse(text)),
            LogFileNames.MetaProperties => Properties(line.Text("what"), text, content),
            "quorum-state" => Quorum(text, content),
            _ => Offsets(text, content),
        };
    }

    private static string? Epochs(string text, JsonElement content)
    {
        var entries = content.GetProperty("entries").EnumerateArray().Select(entry => new EpochEntry(entry.Int("epoch"),
            entry.GetProperty("startOffset").GetInt64())).ToArray();
        return Same("text", text, LeaderEpochCheckpointFile.Format(entries))
            ?? Same("entries", true, LeaderEpochCheckpointFile.Parse("file", text).SequenceEqual(entries));
    }

    private static string? Quorum(string text, JsonElement content)
    {
        using var document = JsonDocument.Parse(text);
        var version = (short)document.RootElement.Int("data_version");
        var voters = version == 0 ? document.RootElement.GetProperty("currentVoters").EnumerateArray().Select(voter => voter.Int("voterId")).ToArray() : [];
        var state = QuorumStateFile.Parse("quorum-state", text);
        return Same("text", text, QuorumStateFile.Format(state, version, voters)) ?? Same("epoch", content.Int("epoch"), state.Epoch);
    }

    private static string? Offsets(string text, JsonElement content)
    {
        var entries = content.GetProperty("entries").EnumerateArray()
            .Select(entry => KeyValuePair.Create(new TopicPartition(entry.Text("topic"), entry.Int("partition")), entry.GetProperty("offset").GetInt64()))
            .ToArray();
        var read = OffsetCheckpointFile.Parse("file", text);
        return Same("text", text, OffsetCheckpointFile.Format(entries))
            ?? Same("entries", entries.Length, read.Count)
            ?? Same("offsets", true, entries.All(entry => read[entry.Key] == entry.Value));
    }

    private static string? Properties(string what, string text, JsonElement content)
    {
        var version = what.Contains("version 0", StringComparison.Ordinal) ? 0 : 1;
        Uuid? directory = content.TextOrNull("directoryId") is { } id ? Uuid.Parse(id) : null;
        var properties = new MetaProperties(version, content.TextOrNull("clusterId"), content.IntOrNull("nodeId"), directory);
        return Same("properties", properties, MetaProperties.Parse("file", text))
            ?? Same("lines", Lines(text), Lines(properties.Format(DateTimeOffset.UnixEpoch)));
    }

    /// <summary>Java's writer puts properties in any order, and the time in a comment.</summary>
    private static string Lines(string text) =>
        string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Order(StringComparer.Ordinal));
}
