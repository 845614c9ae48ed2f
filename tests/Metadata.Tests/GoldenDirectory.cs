using System.IO.Compression;
using System.Text.Json;
using Moldau.Protocol;

namespace Moldau.Metadata.Tests;

/// <summary>A data directory that Apache Kafka wrote, decoded: the records of its metadata log, and what clients saw of the cluster.</summary>
internal sealed class GoldenDirectory
{
    private readonly JsonElement _files;

    private GoldenDirectory(JsonElement files, JsonElement seen)
    {
        _files = files;
        Seen = seen;
    }

    internal JsonElement Seen { get; }

    internal static string? Folder { get; } = FindFolder();

    internal static GoldenDirectory Load(string name)
    {
        Assert.SkipWhen(Folder is null, "../shared/golden/dirs is not beside the repository");
        using FileStream packed = File.OpenRead(Path.Combine(Folder!, name + ".files.json.gz"));
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        JsonElement files = JsonDocument.Parse(unpacked).RootElement;
        JsonElement seen = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder!, name + ".json"))).RootElement;
        return new(files, seen.TryGetProperty("seen", out JsonElement value) ? value : default);
    }

    /// <summary>The records of the log of the metadata, batch by batch as far as the listing tells; only the data records.</summary>
    internal List<(long Offset, MetadataRecord Record)> LogRecords() => Records(MetadataLog().GetProperty("records"));

    internal IEnumerable<(string Name, List<MetadataRecord> Records)> Snapshots()
    {
        if (!MetadataLog().TryGetProperty("checkpoints", out JsonElement snapshots))
        {
            yield break;
        }

        foreach (JsonProperty snapshot in snapshots.EnumerateObject())
        {
            yield return (snapshot.Name, Records(snapshot.Value).ConvertAll(static record => record.Record));
        }
    }

    private static List<(long Offset, MetadataRecord Record)> Records(JsonElement list)
    {
        var records = new List<(long, MetadataRecord)>();
        foreach (JsonElement entry in list.EnumerateArray())
        {
            JsonElement record = entry[2];
            if (!record.TryGetProperty("type", out JsonElement type))
            {
                continue;
            }

            short version = record.GetProperty("version").GetInt16();
            MessageCatalog.TryGet(PascalCase(type.GetString()!), out MessageInfo? info).ShouldBeTrue(type.GetString());
            records.Add((entry[0].GetInt64(), new((IMetadataRecord)info!.ReadJson(record.GetProperty("data"), version), version)));
        }

        return records;
    }

    private static string PascalCase(string name) =>
        string.Concat(name.Split('_').Select(static word => word[0] + word[1..].ToLowerInvariant()));

    private static string? FindFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "golden", "dirs");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private JsonElement MetadataLog()
    {
        foreach (JsonProperty directory in _files.EnumerateObject())
        {
            if (directory.Value.TryGetProperty("logs", out JsonElement logs) && logs.TryGetProperty("__cluster_metadata-0", out JsonElement log))
            {
                return log;
            }
        }

        throw new InvalidOperationException("no metadata log in the golden directory");
    }
}
