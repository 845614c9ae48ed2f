using System.Buffers.Binary;
using System.Text.Json.Serialization.Metadata;

namespace Moldau.Client;

/// <summary>
/// The formats that need no library. Numbers, texts and identifiers have the bytes of Java's serializers. Safe from any thread. A record without key or value reads as null where the type has
/// one, and is refused where it has none.
/// </summary>
public static class Serdes
{
    /// <summary>A text in UTF-8.</summary>
    public static ISerde<string> Utf8 { get; } = new Utf8Serde();

    /// <summary>Bytes as they are; they are copied when read.</summary>
    public static ISerde<byte[]> Bytes { get; } = new BytesSerde();

    /// <summary>Bytes as they are; when read, a copy.</summary>
    public static ISerde<ReadOnlyMemory<byte>> Memory { get; } = new MemorySerde();

    /// <summary>Two bytes, big-endian.</summary>
    public static ISerde<short> Int16 { get; } = new NumberSerde<short>(sizeof(short), BinaryPrimitives.WriteInt16BigEndian, BinaryPrimitives.ReadInt16BigEndian);

    /// <summary>Four bytes, big-endian.</summary>
    public static ISerde<int> Int32 { get; } = new NumberSerde<int>(sizeof(int), BinaryPrimitives.WriteInt32BigEndian, BinaryPrimitives.ReadInt32BigEndian);

    /// <summary>Eight bytes, big-endian.</summary>
    public static ISerde<long> Int64 { get; } = new NumberSerde<long>(sizeof(long), BinaryPrimitives.WriteInt64BigEndian, BinaryPrimitives.ReadInt64BigEndian);

    /// <summary>Four bytes, IEEE 754, big-endian.</summary>
    public static ISerde<float> Single { get; } = new NumberSerde<float>(sizeof(float), BinaryPrimitives.WriteSingleBigEndian, BinaryPrimitives.ReadSingleBigEndian);

    /// <summary>Eight bytes, IEEE 754, big-endian.</summary>
    public static ISerde<double> Double { get; } = new NumberSerde<double>(sizeof(double), BinaryPrimitives.WriteDoubleBigEndian, BinaryPrimitives.ReadDoubleBigEndian);

    /// <summary>One byte, 0 or 1.</summary>
    public static ISerde<bool> Boolean { get; } = new NumberSerde<bool>(1, static (span, value) => span[0] = value ? (byte)1 : (byte)0, static span => span[0] != 0);

    /// <summary>The text form of an identifier, 36 bytes, as Java's <c>UUIDSerializer</c> writes it.</summary>
    public static ISerde<Guid> Guid { get; } = new GuidSerde();

    /// <summary>JSON by System.Text.Json, with the code that its source generator made: <c>Serdes.Json(MyContext.Default.Order)</c>.</summary>
    public static ISerde<T> Json<T>(JsonTypeInfo<T> type) => new JsonSerde<T>(type ?? throw new ArgumentNullException(nameof(type)));
}
