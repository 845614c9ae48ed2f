using System.Buffers;
using System.Text;
using System.Text.Json;
using Moldau.Core;
using Moldau.ProtocolGen;
using Moldau.ProtocolGen.Schema;

namespace Moldau.Protocol.Tests;

/// <summary>Random messages in their JSON form, made from the schemas.</summary>
public static class RandomMessage
{
    private static readonly Dictionary<string, MessageSchema> Schemas =
        Generator.ReadSchemas(RepositoryFolder.Schemas).ToDictionary(schema => schema.Name);

    private static readonly string[] Letters = ["a", "Z", "0", ".", "-", "_", "é", "漢", "😀", "\"", "\\", "\0"];

    /// <summary>A random instance of a message in one version.</summary>
    public static string Json(Random random, string name, short version)
    {
        MessageSchema schema = Schemas[name];
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            WriteStruct(json, random, schema, schema.Root, version, depth: 0);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteStruct(Utf8JsonWriter json, Random random, MessageSchema schema, StructSchema type, short version, int depth)
    {
        json.WriteStartObject();
        foreach (FieldSchema field in type.Fields)
        {
            bool isTagged = Has(field.TaggedVersions, version);
            if (Has(field.Versions, version) && !(isTagged && random.Next(3) == 0))
            {
                json.WritePropertyName(field.JsonName);
                WriteField(json, random, schema, field, version, depth);
            }
        }
        if (Has(schema.Flexible, version) && random.Next(4) == 0)
        {
            json.WriteStartArray(MessageJson.UnknownTaggedFieldsName);
            int tag = 50;
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                tag += random.Next(1, 1000);
                json.WriteStartObject();
                json.WriteNumber("tag", tag);
                json.WriteString("hex", Convert.ToHexString(Bytes(random, 200)));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteField(Utf8JsonWriter json, Random random, MessageSchema schema, FieldSchema field, short version, int depth)
    {
        if (Has(field.NullableVersions, version) && random.Next(4) == 0)
        {
            json.WriteNullValue();
        }
        else if (field.IsArray)
        {
            json.WriteStartArray();
            for (int i = random.Next(depth > 2 ? 2 : 4); i > 0; i--)
            {
                WriteElement(json, random, schema, field, version, depth + 1);
            }
            json.WriteEndArray();
        }
        else
        {
            WriteElement(json, random, schema, field, version, depth);
        }
    }

    private static void WriteElement(Utf8JsonWriter json, Random random, MessageSchema schema, FieldSchema field, short version, int depth)
    {
        if (field.Struct is { } inner)
        {
            WriteStruct(json, random, schema, inner, version, depth);
            return;
        }
        switch (field.Primitive!.Wire)
        {
            case "Boolean":
                json.WriteBooleanValue(random.Next(2) == 0);
                break;
            case "String":
                json.WriteStringValue(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Letters[random.Next(Letters.Length)])));
                break;
            case "Bytes":
                json.WriteBase64StringValue(Bytes(random, 300));
                break;
            case "Uuid":
                json.WriteStringValue((random.Next(3) == 0 ? Uuid.Zero : Uuid.Read(Bytes(random, 0, 16))).ToString());
                break;
            case "Float64":
                json.WriteNumberValue(random.NextDouble() * Math.Pow(10, random.Next(-300, 300)));
                break;
            default:
                json.WriteNumberValue(Number(random, field.Primitive.Wire));
                break;
        }
    }

    private static long Number(Random random, string wire)
    {
        (long least, long most) = wire switch
        {
            "Int8" => (sbyte.MinValue, sbyte.MaxValue),
            "Int16" => (short.MinValue, short.MaxValue),
            "UInt16" => (ushort.MinValue, ushort.MaxValue),
            "Int32" => (int.MinValue, (long)int.MaxValue),
            "UInt32" => (uint.MinValue, uint.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        return random.Next(6) switch
        {
            0 => least,
            1 => most,
            2 => 0,
            3 => Math.Max(least, -1),
            _ => least + (long)(random.NextDouble() * ((double)most - least) * 0.999),
        };
    }

    private static byte[] Bytes(Random random, int lengthMax, int extra = 0)
    {
        var bytes = new byte[random.Next(lengthMax + 1) + extra];
        random.NextBytes(bytes);
        return bytes;
    }

    private static bool Has(VersionRange range, short version) => version >= range.Lowest && version <= range.Highest;
}
