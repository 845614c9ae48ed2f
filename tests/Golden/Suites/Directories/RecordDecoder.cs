using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Raft;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>Records of internal topics and metadata snapshots, in the form of <c>NAME.files.json.gz</c>: offset, timestamp, content.</summary>
internal static class RecordDecoder
{
    /// <summary>All records of a metadata snapshot.</summary>
    public static JsonArray Metadata(byte[] content)
    {
        var records = new JsonArray();
        for (var position = 0; position < content.Length;)
        {
            var size = new RecordBatchHeader(content.AsSpan(position)).SizeBytes;
            Batch(content.AsSpan(position, size).ToArray(), Storage.LogFileNames.MetadataTopic, records);
            position += size;
        }

        return records;
    }

    /// <summary>Reads each record of a batch; adds what is in them where someone asks. Returns how many there are.</summary>
    public static int Batch(byte[] bytes, string log, JsonArray? records)
    {
        using var decompressor = RecordDecompressor.Rent();
        var header = new RecordBatchHeader(bytes);
        var isControl = header.IsControl;
        var reader = RecordReader.Open(header, decompressor);
        var count = 0;
        while (reader.MoveNext())
        {
            count++;
            ref readonly var record = ref reader.Current;
            if (records is null)
            {
                continue;
            }

            var content = isControl ? Control(record)
                : log.StartsWith(Storage.LogFileNames.MetadataTopic, StringComparison.Ordinal) ? JsonNode.Parse(MetadataRecordJson.Of(record.Value.ToArray()))!
                : Coordinator(log, record);

            // They come with the clock and say nothing: the golden listing leaves them out.
            if (content["type"]?.GetValue<string>() != "NO_OP_RECORD")
            {
                records.Add(new JsonArray(record.Offset, record.Timestamp, content));
            }
        }

        return count;
    }

    private static JsonObject Control(scoped in RecordView record)
    {
        if (ControlRecords.TryReadMarker(record, out var marker))
        {
            return new JsonObject { ["control"] = marker.IsCommit ? "COMMIT" : "ABORT", ["coordinatorEpoch"] = marker.CoordinatorEpoch };
        }

        return ControlRecords.TypeOf(record) switch
        {
            ControlRecordType.LeaderChange => Quorum<LeaderChangeMessage>("LEADER_CHANGE", record),
            ControlRecordType.SnapshotHeader => Quorum<SnapshotHeaderRecord>("SNAPSHOT_HEADER", record),
            ControlRecordType.SnapshotFooter => Quorum<SnapshotFooterRecord>("SNAPSHOT_FOOTER", record),
            ControlRecordType.KRaftVersion => Quorum<KRaftVersionRecord>("KRAFT_VERSION", record),
            ControlRecordType.KRaftVoters => Quorum<VotersRecord>("KRAFT_VOTERS", record),
            var type => throw new InvalidDataException($"control record type {type}"),
        };
    }

    private static JsonObject Quorum<TMessage>(string name, scoped in RecordView record)
        where TMessage : class, IMessage<TMessage>, new()
    {
        var version = Math.Min(BinaryPrimitives.ReadInt16BigEndian(record.Value), new TMessage().HighestVersion);
        return new JsonObject { ["control"] = name, ["data"] = JsonNode.Parse(ControlRecords.Read<TMessage>(record, version).ToJson(version)) };
    }

    /// <summary>The key begins with its type, the value with its version.</summary>
    private static JsonObject Coordinator(string log, scoped in RecordView record)
    {
        var (keys, values) = log[2] switch
        {
            'c' => (MessageKind.GroupKey, MessageKind.GroupValue),
            't' => (MessageKind.TransactionKey, MessageKind.TransactionValue),
            _ => (MessageKind.ShareKey, MessageKind.ShareValue),
        };
        var type = BinaryPrimitives.ReadInt16BigEndian(record.Key);
        if (!MessageCatalog.TryGet(keys, type, out var key))
        {
            throw new InvalidDataException($"key type {type} of {keys}");
        }

        var content = new JsonObject { ["type"] = key.Name[..^"Key".Length], ["key"] = Json(key, record.Key[2..].ToArray(), 0) };
        if (!record.HasValue)
        {
            content["value"] = null;
            return content;
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(record.Value);
        content["version"] = version;
        MessageCatalog.TryGet(values, type, out var value);
        content["value"] = Json(value!, record.Value[2..].ToArray(), version);
        return content;
    }

    private static JsonNode? Json(MessageInfo info, byte[] bytes, short version)
    {
        var reader = new MessageReader(bytes);
        return JsonNode.Parse(info.Read(ref reader, version).ToJson(version));
    }
}
