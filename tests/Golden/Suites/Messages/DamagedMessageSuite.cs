using System.Text.Json;
using Moldau.Protocol;

namespace Moldau.Golden.Suites.Messages;

/// <summary>Damaged messages: what Apache Kafka refuses is refused, and what it still reads is read to the same content.</summary>
public sealed class DamagedMessageSuite() : JsonLineSuite("damaged")
{
    protected override string? Compare(JsonElement line)
    {
        string name = line.Text("name");
        short version = line.GetProperty("version").GetInt16();
        if (!MessageCatalog.TryGet(name, out MessageInfo? info))
        {
            return $"{name} is no message that we know";
        }
        string what = $"{name} {version}, {line.Text("damage")}";
        bool isReadable = line.Text("read") == "ok";
        var reader = new MessageReader(line.Hex("hex"));
        IMessage message;
        try
        {
            message = info.Read(ref reader, version);
        }
        catch (ProtocolException refused)
        {
            return isReadable ? $"{what}: refused, though Apache Kafka reads it: {refused.Message}" : null;
        }
        if (!isReadable)
        {
            return $"{what}: read, though Apache Kafka refuses it: {line.TextOrNull("message")}";
        }
        string? difference = Same("bytes left over", line.Int("bytesLeft"), reader.Remaining);
        // Kafka's converter has no form for damaged record sets: such lines say only that they are read.
        if (difference is null && line.TryGetProperty("json", out JsonElement expected))
        {
            difference = MessageText.Same("JSON", expected, MessageText.WithoutUnknownTags(MessageText.JsonOf(message, version)));
        }
        return difference is null ? null : $"{what}: {difference}";
    }
}
