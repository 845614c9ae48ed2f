using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Moldau.Cli;

/// <summary>A record in kcat's envelope (-J): headers are a flat array of names and values. Bytes that are no UTF-8 become U+FFFD.</summary>
internal static class RecordJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(in OutputRecord record, IBufferWriter<byte> output, ReadOnlySpan<byte> delimiter)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("topic", record.Topic);
            json.WriteNumber("partition", record.Partition);
            json.WriteNumber("offset", record.Offset);
            if (record.TimestampMs >= 0)
            {
                json.WriteString("tstype", record.IsLogAppendTime ? "logappend" : "create");
                json.WriteNumber("ts", record.TimestampMs);
            }

            json.WriteNumber("broker", record.BrokerId);
            if (record.Headers is { Count: > 0 } headers)
            {
                json.WriteStartArray("headers");
                foreach ((string name, byte[]? value) in headers)
                {
                    json.WriteStringValue(name);
                    Value(json, value is not null, value);
                }

                json.WriteEndArray();
            }

            json.WritePropertyName("key");
            Value(json, record.HasKey, record.Key);
            json.WritePropertyName("payload");
            Value(json, record.HasValue, record.Value);
            json.WriteEndObject();
        }

        output.Write(delimiter);
    }

    private static void Value(Utf8JsonWriter json, bool isThere, ReadOnlySpan<byte> value)
    {
        if (!isThere)
        {
            json.WriteNullValue();
        }
        else if (System.Text.Unicode.Utf8.IsValid(value))
        {
            json.WriteStringValue(value);
        }
        else
        {
            json.WriteStringValue(System.Text.Encoding.UTF8.GetString(value));
        }
    }
}
