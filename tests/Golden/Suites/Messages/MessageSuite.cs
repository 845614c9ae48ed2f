using System.Text.Json;
using Moldau.Protocol;

namespace Moldau.Golden.Suites.Messages;

/// <summary>
/// Each message in each version: bytes to JSON, JSON to bytes, bytes to bytes, and as it lies in a record.
/// </summary>
public sealed class MessageSuite() : JsonLineSuite(
    "clients-requests", "clients-responses", "clients-data", "metadata", "group-coordinator", "share-coordinator", "transaction-coordinator", "raft", "storage")
{
    protected override string? Compare(JsonElement line)
    {
        string name = line.Text("name");
        if (!MessageCatalog.TryGet(name, out MessageInfo? info))
        {
            return $"{name} is no message that we know";
        }
        short version = line.GetProperty("version").GetInt16();
        string hex = line.Text("hex");
        JsonElement json = MessageText.WithUnknownTags(line);
        var reader = new MessageReader(Convert.FromHexString(hex));
        IMessage read = info.Read(ref reader, version);
        IMessage parsed = info.ReadJson(json, version);
        string? difference = Same("the name", name, read.MessageName)
            ?? Same("bytes left over", 0, reader.Remaining)
            ?? MessageText.Same("JSON", json, MessageText.JsonOf(read, version))
            ?? MessageText.Same("JSON of JSON", json, MessageText.JsonOf(parsed, version))
            ?? Same("hex of JSON", hex, MessageText.HexOf(parsed, version))
            ?? Same("hex of hex", hex, MessageText.HexOf(read, version))
            ?? Facts(line, info, version)
            ?? Framed(line, info, parsed, version);
        return difference is null ? null : $"{name} {version}: {difference}";
    }

    private static string? Facts(JsonElement line, MessageInfo info, short version) =>
        Same("flexible", line.GetProperty("flexible").GetBoolean(), info.IsFlexible(version))
        ?? Same("stable", line.GetProperty("stable").GetBoolean(), version <= info.HighestStableVersion)
        ?? Same("the key", line.IntOrNull("apiKey"), info.Key)
        ?? (info.Has(version) ? null : "the version is not in the catalog");

    private static string? Framed(JsonElement line, MessageInfo info, IMessage message, short version)
    {
        if (line.TextOrNull("framed") is not { } framed)
        {
            return null;
        }
        var writer = new MessageWriter();
        IMessage read;
        short readVersion;
        byte[] bytes = Convert.FromHexString(framed);
        switch (message)
        {
            case ICoordinatorKey key:
                RecordFrame.WriteKey(ref writer, key);
                readVersion = version;
                if (!RecordFrame.TryReadKey(info.Kind, bytes, out _, out ICoordinatorKey? readKey))
                {
                    return "the framed key is not read";
                }
                read = readKey;
                break;
            case ICoordinatorValue value:
                RecordFrame.WriteValue(ref writer, value, version);
                read = RecordFrame.ReadValue(info.Kind, info.Key!.Value, bytes, out readVersion);
                break;
            case IMetadataRecord record:
                RecordFrame.WriteMetadata(ref writer, record, version);
                read = info.Kind == MessageKind.MetadataRecord
                    ? RecordFrame.ReadMetadata(bytes, out readVersion)
                    : RecordFrame.ReadRemoteLogMetadata(bytes, out readVersion);
                break;
            default:
                return "this message has no framed form";
        }
        return Same("framed hex", framed, MessageText.HexOf(ref writer))
            ?? Same("framed version", version, readVersion)
            ?? Same("hex of framed", line.Text("hex"), MessageText.HexOf(read, version));
    }
}
