using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Moldau.Protocol;

namespace Moldau.Golden.Suites.Messages;

/// <summary>Messages as the golden lines have them: hexadecimal digits and JSON, unknown tagged fields apart.</summary>
public static class MessageText
{
    /// <summary>The JSON of a line with its unknown tagged fields put in, under the name that our JSON form has for them.</summary>
    public static JsonElement WithUnknownTags(JsonElement line)
    {
        JsonElement json = line.GetProperty("json");
        if (!line.TryGetProperty("unknownTags", out JsonElement tags))
        {
            return json;
        }
        JsonNode root = JsonNode.Parse(json.GetRawText())!;
        foreach (JsonElement tag in tags.EnumerateArray().OrderBy(tag => tag.Int("tag")))
        {
            JsonObject owner = At(root, tag.Text("path")).AsObject();
            if (owner[MessageJson.UnknownTaggedFieldsName] is not JsonArray list)
            {
                owner[MessageJson.UnknownTaggedFieldsName] = list = [];
            }
            list.Add((JsonNode)new JsonObject { ["tag"] = tag.Int("tag"), ["hex"] = tag.Text("hex") });
        }
        return Parse(root);
    }

    /// <summary>The same JSON without unknown tagged fields.</summary>
    public static JsonElement WithoutUnknownTags(JsonElement json)
    {
        JsonNode root = JsonNode.Parse(json.GetRawText())!;
        RemoveUnknownTags(root);
        return Parse(root);
    }

    /// <summary>Our JSON form of a message.</summary>
    public static JsonElement JsonOf(IMessage message, short version)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            message.WriteJson(json, version);
        }
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>The bytes of a message as digits.</summary>
    public static string HexOf(IMessage message, short version)
    {
        var writer = new MessageWriter();
        message.Write(ref writer, version);
        return HexOf(ref writer);
    }

    /// <summary>What has been written as digits; the writer is done with.</summary>
    public static string HexOf(ref MessageWriter writer)
    {
        string hex = Convert.ToHexStringLower(writer.WrittenSpan);
        writer.Dispose();
        return hex;
    }

    /// <summary>Null when both are equal, else both.</summary>
    public static string? Same(string what, JsonElement expected, JsonElement actual) =>
        IsSame(expected, actual) ? null : $"{what} is {actual.GetRawText()}, Apache Kafka has {expected.GetRawText()}";

    /// <summary>
    /// Whether both hold the same. Whole numbers are compared digit by digit; others as doubles, as Java writes the smallest of them with a digit that
    /// says nothing.
    /// </summary>
    private static bool IsSame(JsonElement expected, JsonElement actual)
    {
        if (expected.ValueKind != actual.ValueKind)
        {
            return false;
        }
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                return expected.GetPropertyCount() == actual.GetPropertyCount()
                    && expected.EnumerateObject().All(field => actual.TryGetProperty(field.Name, out JsonElement other) && IsSame(field.Value, other));
            case JsonValueKind.Array:
                return expected.GetArrayLength() == actual.GetArrayLength()
                    && expected.EnumerateArray().Zip(actual.EnumerateArray()).All(pair => IsSame(pair.First, pair.Second));
            case JsonValueKind.Number:
                return expected.GetRawText().AsSpan().ContainsAny(".eE")
                    ? expected.GetDouble() == actual.GetDouble()
                    : JsonElement.DeepEquals(expected, actual);
            default:
                return JsonElement.DeepEquals(expected, actual);
        }
    }

    private static JsonElement Parse(JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }

    private static JsonNode At(JsonNode root, string pointer)
    {
        JsonNode node = root;
        foreach (string step in pointer.Split('/').Skip(1))
        {
            node = node is JsonArray list ? list[int.Parse(step)]! : node[step]!;
        }
        return node;
    }

    private static void RemoveUnknownTags(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                RemoveUnknownTags(item);
            }
        }
        else if (node is JsonObject fields)
        {
            fields.Remove(MessageJson.UnknownTaggedFieldsName);
            foreach ((_, JsonNode? value) in fields)
            {
                RemoveUnknownTags(value);
            }
        }
    }
}
