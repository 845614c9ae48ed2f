using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Moldau.Cli;

/// <summary>
/// A record as one object: <c>consume --json</c> writes what <c>produce --json</c> reads. Text is text; bytes that are no UTF-8 are in <c>keyBase64</c>, <c>valueBase64</c>.
/// </summary>
internal static class JsonRecord
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(in OutputRecord record, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("topic", record.Topic);
            json.WriteNumber("partition", record.Partition);
            json.WriteNumber("offset", record.Offset);
            (record.TimestampMs < 0 ? Cell.None : record.TimestampMs).WriteTo(json, "timestamp");
            json.WriteString("timestampType", record.IsLogAppendTime ? "LogAppendTime" : "CreateTime");
            Bytes(json, "key", "keyBase64", record.HasKey, record.Key);
            Bytes(json, "value", "valueBase64", record.HasValue, record.Value);
            json.WriteStartArray("headers");
            foreach ((string name, byte[]? value) in record.Headers ?? [])
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                Bytes(json, "value", "valueBase64", value is not null, value);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; topic, offset and timestampType are looked over.</summary>
    /// <exception cref="CliException">The line is no such object.</exception>
    public static InputRecord Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            return new InputRecord
            {
                Partition = root.TryGetProperty("partition", out JsonElement partition) && partition.ValueKind == JsonValueKind.Number ? partition.GetInt32() : null,
                TimestampMs = root.TryGetProperty("timestamp", out JsonElement timestamp) && timestamp.ValueKind == JsonValueKind.Number ? timestamp.GetInt64() : null,
                Key = Bytes(root, "key", "keyBase64"),
                Value = Bytes(root, "value", "valueBase64"),
                Headers = root.TryGetProperty("headers", out JsonElement headers)
                    ? [.. headers.EnumerateArray().Select(header => new KeyValuePair<string, byte[]?>(header.GetProperty("name").GetString() ?? "", Bytes(header, "value", "valueBase64")?.ToArray()))]
                    : [],
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            string text = Encoding.UTF8.GetString(line.Span[..Math.Min(line.Length, 100)]);
            throw CliException.Usage($"the line '{text}' is no record: {exception.Message}", """it must be like {"key":"k","value":"v","headers":[{"name":"n","value":"v"}]}""");
        }
    }

    private static void Bytes(Utf8JsonWriter json, string name, string base64Name, bool isThere, ReadOnlySpan<byte> value)
    {
        if (!isThere)
        {
            json.WriteNull(name);
        }
        else if (Utf8.IsValid(value))
        {
            json.WriteString(name, value);
        }
        else
        {
            json.WriteBase64String(base64Name, value);
        }
    }

    private static ReadOnlyMemory<byte>? Bytes(JsonElement from, string name, string base64Name)
    {
        if (from.TryGetProperty(base64Name, out JsonElement base64))
        {
            return base64.GetBytesFromBase64();
        }

        if (!from.TryGetProperty(name, out JsonElement text) || text.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // An object or a number as a value is sent as the JSON that it is.
        return Encoding.UTF8.GetBytes(text.ValueKind == JsonValueKind.String ? text.GetString()! : text.GetRawText());
    }
}
