using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace Moldau.Cli;

/// <summary>Bytes as text, by the names of Kafka's deserializers. Pure.</summary>
internal static class Deserializer
{
    private const string Package = "org.apache.kafka.common.serialization.";

    private static readonly Dictionary<string, Func<ReadOnlySpan<byte>, string>?> Known = new(StringComparer.Ordinal)
    {
        ["StringDeserializer"] = null,
        ["ByteArrayDeserializer"] = null,
        ["ShortDeserializer"] = bytes => Of(bytes, 2) ?? BinaryPrimitives.ReadInt16BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ["IntegerDeserializer"] = bytes => Of(bytes, 4) ?? BinaryPrimitives.ReadInt32BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ["LongDeserializer"] = bytes => Of(bytes, 8) ?? BinaryPrimitives.ReadInt64BigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ["FloatDeserializer"] = bytes => Of(bytes, 4) ?? BinaryPrimitives.ReadSingleBigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ["DoubleDeserializer"] = bytes => Of(bytes, 8) ?? BinaryPrimitives.ReadDoubleBigEndian(bytes).ToString(CultureInfo.InvariantCulture),
        ["BooleanDeserializer"] = bytes => Of(bytes, 1) ?? (bytes[0] != 0 ? "true" : "false"),
    };

    /// <summary>Writes bytes as they are, or as the text that a deserializer makes of them.</summary>
    public delegate void Writer(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output);

    /// <summary>How a deserializer's bytes are written; as they are when none is named.</summary>
    /// <exception cref="CliException">There is none of that name.</exception>
    public static Writer Of(string option, string? name)
    {
        if (name is null)
        {
            return Raw;
        }

        string shortName = name.StartsWith(Package, StringComparison.Ordinal) ? name[Package.Length..] : name;
        return Known.TryGetValue(shortName, out Func<ReadOnlySpan<byte>, string>? text)
            ? text is null ? Raw : (bytes, output) => RecordFormat.WriteText(output, text(bytes))
            : throw CliException.Usage($"{option}={name}: it must be one of {string.Join(", ", Known.Keys)}", "--json prints other bytes in base64, for a program that knows them");
    }

    private static void Raw(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output) => output.Write(bytes);

    /// <summary>What is printed of bytes that are no such number; null when they may be one.</summary>
    private static string? Of(ReadOnlySpan<byte> bytes, int length) => bytes.Length == length ? null : $"({bytes.Length} bytes, not {length}: {Convert.ToHexStringLower(bytes)})";
}
