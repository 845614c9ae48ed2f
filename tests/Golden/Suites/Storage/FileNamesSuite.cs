using System.Text.Json;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>Names of segments, snapshots and partition directories.</summary>
public sealed class FileNamesSuite() : JsonLineSuite("file-names")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line) => line.Text("what") switch
    {
        "segment" => Segment(line, line.GetProperty("offset").GetInt64()),
        "metadata snapshot" => Same("file", line.Text("file"), LogFileNames.MetadataSnapshot(line.GetProperty("offset").GetInt64(), line.Int("epoch"))),
        _ => Directory(line),
    };

    private static string? Segment(JsonElement line, long offset) =>
        Same("prefix", line.Text("prefix"), LogFileNames.Prefix(offset))
        ?? Same("log", line.Text("log"), LogFileNames.Log(offset))
        ?? Same("index", line.Text("index"), LogFileNames.OffsetIndex(offset))
        ?? Same("timeindex", line.Text("timeindex"), LogFileNames.TimeIndex(offset))
        ?? Same("txnindex", line.Text("txnindex"), LogFileNames.TransactionIndex(offset))
        ?? Same("snapshot", line.Text("snapshot"), LogFileNames.ProducerSnapshot(offset))
        ?? Same("deleted log", line.Text("deletedLog"), LogFileNames.Log(offset) + LogFileNames.DeletedSuffix)
        ?? Same("cleaned log", line.Text("cleanedLog"), LogFileNames.Log(offset) + LogFileNames.CleanedSuffix)
        ?? Same("swap log", line.Text("swapLog"), LogFileNames.Log(offset) + LogFileNames.SwapSuffix)
        ?? Same("offset", true, LogFileNames.TryOffset(line.Text("log"), out var read) && read == offset);

    private static string? Directory(JsonElement line)
    {
        var isDirectory = LogFileNames.TryParseDirectory(line.Text("name"), out var partition);
        return Same("a partition's directory", !line.IsRefused, isDirectory)
            ?? (isDirectory ? Same("topic", line.Text("topic"), partition.Topic.Value) ?? Same("partition", line.Int("partition"),
                partition.Partition.Value) : null);
    }
}
