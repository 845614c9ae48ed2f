using System.Globalization;
using System.Text.Json;
using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>
/// The JSON form of fields, as Kafka's converters have it. Unknown tagged fields, which Kafka's form drops, stand under one name that no field can have.
/// </summary>
public static class MessageJson
{
    /// <summary>The name under which unknown tagged fields are written: <c>[{"tag": 7, "hex": "00ff"}]</c>.</summary>
    public const string UnknownTaggedFieldsName = "$unknownTaggedFields";

    public static void WriteFloat64(Utf8JsonWriter json, ReadOnlySpan<byte> name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteString(name, double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }

    public static void WriteNullableString(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value) => json.WriteString(name, value);

    public static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value) => json.WriteBase64String(name, value.Span);

    public static void WriteNullableBytes(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlyMemory<byte>? value)
    {
        if (value is { } bytes)
        {
            json.WriteBase64String(name, bytes.Span);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void WriteUnknownTaggedFields(Utf8JsonWriter json, List<RawTaggedField>? fields)
    {
        if (fields is not { Count: > 0 })
        {
            return;
        }
        json.WriteStartArray(UnknownTaggedFieldsName);
        foreach (RawTaggedField field in fields)
        {
            json.WriteStartObject();
            json.WriteNumber("tag"u8, field.Tag);
            json.WriteString("hex"u8, Convert.ToHexStringLower(field.Data.Span));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static List<RawTaggedField>? ReadUnknownTaggedFields(JsonElement json)
    {
        if (!json.TryGetProperty(UnknownTaggedFieldsName, out JsonElement list))
        {
            return null;
        }
        var fields = new List<RawTaggedField>();
        foreach (JsonElement item in Elements(list, UnknownTaggedFieldsName))
        {
            int tag = Int32(Required(item, "tag"u8, "tag"), "tag");
            string hex = Text(Required(item, "hex"u8, "hex"), "hex");
            try
            {
                fields.Add(new RawTaggedField(tag, Convert.FromHexString(hex)));
            }
            catch (FormatException wrong)
            {
                throw new ProtocolException($"the tagged field {tag} has the bytes '{hex}': hexadecimal digits are expected", wrong);
            }
        }
        return fields.Count > 0 ? fields : null;
    }

    /// <summary>The object itself, once it is sure that it is one.</summary>
    public static JsonElement Object(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Object ? json : throw Wrong(json, field, "an object");

    /// <summary>A property that must be there.</summary>
    public static JsonElement Required(JsonElement json, ReadOnlySpan<byte> name, string field) =>
        Object(json, field).TryGetProperty(name, out JsonElement value) ? value : throw new ProtocolException($"{field} is missing in the JSON");

    public static bool IsNull(JsonElement json) => json.ValueKind == JsonValueKind.Null;

    public static bool Boolean(JsonElement json, string field) => json.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(json, field, "true or false"),
    };

    public static sbyte Int8(JsonElement json, string field) =>
        IsNumber(json) && json.TryGetSByte(out sbyte value) ? value : throw Wrong(json, field, "an int8");

    public static short Int16(JsonElement json, string field) =>
        IsNumber(json) && json.TryGetInt16(out short value) ? value : throw Wrong(json, field, "an int16");

    public static ushort UInt16(JsonElement json, string field) =>
        IsNumber(json) && json.TryGetUInt16(out ushort value) ? value : throw Wrong(json, field, "a uint16");

    public static int Int32(JsonElement json, string field) =>
        IsNumber(json) && json.TryGetInt32(out int value) ? value : throw Wrong(json, field, "an int32");

    public static uint UInt32(JsonElement json, string field) =>
        IsNumber(json) && json.TryGetUInt32(out uint value) ? value : throw Wrong(json, field, "a uint32");

    public static long Int64(JsonElement json, string field) =>
        IsNumber(json) && json.TryGetInt64(out long value) ? value : throw Wrong(json, field, "an int64");

    public static double Float64(JsonElement json, string field) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.String when double.TryParse(json.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) => value,
        _ => throw Wrong(json, field, "a number"),
    };

    public static string Text(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.String ? json.GetString()! : throw Wrong(json, field, "a string");

    public static string? NullableText(JsonElement json, string field) => IsNull(json) ? null : Text(json, field);

    public static Uuid Uuid(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.String && Core.Uuid.TryParse(json.GetString(), out Uuid value) ? value : throw Wrong(json, field, "a uuid");

    public static ReadOnlyMemory<byte> Bytes(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.String && json.TryGetBytesFromBase64(out byte[]? value) ? value : throw Wrong(json, field, "base64");

    public static ReadOnlyMemory<byte>? NullableBytes(JsonElement json, string field) => IsNull(json) ? default(ReadOnlyMemory<byte>?) : Bytes(json, field);

    public static JsonElement.ArrayEnumerator Elements(JsonElement json, string field) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw Wrong(json, field, "an array");

    private static bool IsNumber(JsonElement json) => json.ValueKind == JsonValueKind.Number;

    private static ProtocolException Wrong(JsonElement json, string field, string expected)
    {
        string text = json.ValueKind == JsonValueKind.Undefined ? "nothing" : json.GetRawText();
        return new ProtocolException($"{field} is {(text.Length > 100 ? text[..100] : text)} in the JSON: {expected} is expected");
    }
}
