using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Moldau.Client;

/// <summary><see cref="Serdes.Json"/>.</summary>
internal sealed class JsonSerde<T>(JsonTypeInfo<T> type) : ISerde<T>
{
    [ThreadStatic]
    private static Utf8JsonWriter? _idleWriter;

    public void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context)
    {
        // Taken while in use, so that a converter that serializes something else finds none.
        Utf8JsonWriter writer = _idleWriter ?? new Utf8JsonWriter(destination);
        _idleWriter = null;
        writer.Reset(destination);
        JsonSerializer.Serialize(writer, value, type);
        writer.Flush();
        writer.Reset(Stream.Null);
        _idleWriter = writer;
    }

    public T Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull)
        {
            return default!;
        }

        var reader = new Utf8JsonReader(data);
        return JsonSerializer.Deserialize(ref reader, type)!;
    }
}
