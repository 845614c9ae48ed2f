using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Moldau.Raft;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>A log directory, decoded in the form of <c>NAME.files.json.gz</c>.</summary>
internal static class DirectoryDecoder
{
    private static readonly string[] RecordTopics = [LogFileNames.MetadataTopic, "__consumer_offsets", "__transaction_state", "__share_group_state"];

    public static JsonObject Decode(Dictionary<string, byte[]> files)
    {
        var directory = new JsonObject();
        foreach (var (name, content) in files.Where(file => !file.Key.Contains('/')).OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            directory[name] = OfDirectory(name, content);
        }

        var logs = new JsonObject();
        foreach (var log in files.Where(file => file.Key.Contains('/')).GroupBy(file => file.Key[..file.Key.IndexOf('/')]).OrderBy(log => log.Key, StringComparer.Ordinal))
        {
            logs[log.Key] = Log(log.Key, log.ToDictionary(file => file.Key[(log.Key.Length + 1)..], file => file.Value));
        }

        directory["logs"] = logs;
        return directory;
    }

    private static JsonNode OfDirectory(string name, byte[] content)
    {
        var text = Encoding.UTF8.GetString(content);
        switch (name)
        {
            case LogFileNames.MetaProperties:
                var properties = MetaProperties.Parse(name, text);
                return new JsonObject
                {
                    ["cluster.id"] = properties.ClusterId,
                    ["directory.id"] = properties.DirectoryId?.ToString(),
                    ["node.id"] = properties.NodeId?.ToString(CultureInfo.InvariantCulture),
                    ["version"] = properties.Version.ToString(CultureInfo.InvariantCulture),
                };
            case LogFileNames.CleanShutdown:
                return CleanShutdownFile.Format(CleanShutdownFile.Parse(text));
            case LogFileNames.Lock:
                return text;
            case "bootstrap.checkpoint":
                return RecordDecoder.Metadata(content);
            case LogFileNames.CleanerCheckpoint when content.Length == 0:
                return new JsonObject { ["empty"] = true };
            default:
                return new JsonObject(OffsetCheckpointFile.Parse(name, text)
                    .OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal)
                    .Select(entry => KeyValuePair.Create(entry.Key.ToString(), (JsonNode?)JsonValue.Create(entry.Value))));
        }
    }

    private static JsonObject Log(string name, Dictionary<string, byte[]> files)
    {
        var log = new JsonObject { ["segments"] = new JsonArray() };
        var records = RecordTopics.Any(topic => name.StartsWith(topic + "-", StringComparison.Ordinal)) ? new JsonArray() : null;
        foreach (var (file, content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            switch (file)
            {
                case LogFileNames.LeaderEpochCheckpoint:
                    log[file] = new JsonArray([.. LeaderEpochCheckpointFile.Parse(file, Encoding.UTF8.GetString(content)).Select(entry => new JsonArray(entry.Epoch, entry.StartOffset))]);
                    break;
                case LogFileNames.PartitionMetadata:
                    log[file] = new JsonArray("version: 0", $"topic_id: {PartitionMetadataFile.Parse(file, Encoding.UTF8.GetString(content))}");
                    break;
                case QuorumStateFile.Name:
                    log[file] = QuorumState(Encoding.UTF8.GetString(content));
                    break;
                default:
                    Numbered(log, file, content, files, records, name);
                    break;
            }
        }

        if (records?.Count > 0)
        {
            log["records"] = records;
        }

        return log;
    }

    /// <summary>Our reader's state, written again as our writer does.</summary>
    private static JsonNode QuorumState(string text)
    {
        var written = JsonNode.Parse(text)!;
        var version = written["data_version"]!.GetValue<short>();
        int[] voters = [.. (written["currentVoters"]?.AsArray() ?? []).Select(voter => voter!["voterId"]!.GetValue<int>())];
        return JsonNode.Parse(QuorumStateFile.Format(QuorumStateFile.Parse(QuorumStateFile.Name, text), version, voters))!;
    }

    private static void Numbered(JsonObject log, string file, byte[] content, Dictionary<string, byte[]> files, JsonArray? records, string name)
    {
        var suffix = file[file.LastIndexOf('.')..];
        switch (suffix)
        {
            case LogFileNames.LogSuffix when LogFileNames.TryOffset(file, out var baseOffset):
                log["segments"]!.AsArray().Add(SegmentDecoder.Decode(baseOffset, content, files, records, name));
                break;
            case LogFileNames.OffsetIndexSuffix or LogFileNames.TimeIndexSuffix or LogFileNames.TransactionIndexSuffix when files.ContainsKey(file[..^suffix.Length] + LogFileNames.LogSuffix):
                break;
            case LogFileNames.ProducerSnapshotSuffix:
                Child(log, "producers")[file] = Producers(content);
                break;
            case LogFileNames.MetadataSnapshotSuffix:
                Child(log, "checkpoints")[file] = RecordDecoder.Metadata(content);
                break;
            default:
                Child(log, "others")[file] = content.Length;
                break;
        }
    }

    private static JsonObject Child(JsonObject log, string name)
    {
        log[name] ??= new JsonObject();
        return log[name]!.AsObject();
    }

    private static JsonObject Producers(byte[] content)
    {
        List<ProducerStateEntry> entries;
        try
        {
            entries = ProducerSnapshot.Parse("snapshot", content);
        }
        catch (CorruptFileException)
        {
            return new JsonObject { ["bytes"] = content.Length, ["problem"] = "BufferUnderflowException" };
        }

        return new JsonObject
        {
            ["version"] = BinaryPrimitives.ReadInt16BigEndian(content),
            ["crc"] = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(2)),
            ["entries"] = new JsonArray([.. entries.Select(entry => new JsonObject
            {
                ["producerId"] = entry.ProducerId,
                ["epoch"] = entry.ProducerEpoch,
                ["lastSequence"] = entry.LastSequence,
                ["lastOffset"] = entry.LastDataOffset,
                ["offsetDelta"] = entry.LastOffsetDelta,
                ["timestamp"] = entry.LastTimestamp,
                ["coordinatorEpoch"] = entry.CoordinatorEpoch,
                ["currentTxnFirstOffset"] = entry.CurrentTransactionFirstOffset,
            })]),
        };
    }
}
