using System.Text.Json;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>Odd texts of the same files: what Apache Kafka reads in them is read, what it refuses is refused.</summary>
public sealed class FilesReadSuite() : JsonLineSuite("files-read")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        string? read;
        try
        {
            read = Read(line.Text("what"), line.Text("text"));
        }
        catch (CorruptFileException)
        {
            read = null;
        }

        // The version of partition.metadata means nothing to a reader.
        var expected = line.TextOrNull("read");
        expected = line.Text("what") == "partition metadata" ? expected?[2..] : expected;
        return Same("text", expected, read);
    }

    private static string? Read(string what, string text) => what switch
    {
        "leader epochs" => $"[{string.Join(", ", LeaderEpochCheckpointFile.Parse("file", text).Select(Text))}]",
        "offset checkpoint" => $"{{{string.Join(", ", OffsetCheckpointFile.Parse("file", text).Select(entry => $"{entry.Key}={entry.Value}"))}}}",
        "partition metadata" => PartitionMetadataFile.Parse("file", text).ToString(),
        "meta.properties" => Text(MetaProperties.Parse("file", text)),
        _ => throw new InvalidOperationException($"no reader for {what}"),
    };

    private static string Text(EpochEntry entry) => $"EpochEntry[epoch={entry.Epoch}, startOffset={entry.StartOffset}]";

    private static string Text(MetaProperties properties)
    {
        var cluster = properties.ClusterId is { } clusterId ? $", clusterId={clusterId}" : "";
        var node = properties.NodeId is { } nodeId ? $", nodeId={nodeId}" : "";
        var directory = properties.DirectoryId is { } directoryId ? $", directoryId={directoryId}" : "";
        return $"MetaProperties(version={properties.Version}{cluster}{node}{directory})";
    }
}
