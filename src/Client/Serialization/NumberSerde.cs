using System.Buffers;

namespace Moldau.Client;

/// <summary>A value of always the same size.</summary>
internal sealed class NumberSerde<T>(int sizeBytes, NumberSerde<T>.Writer write, NumberSerde<T>.Reader read) : ISerde<T>
    where T : struct
{
    private const int SizeBytesMax = 8;

    public delegate void Writer(Span<byte> destination, T value);

    public delegate T Reader(ReadOnlySpan<byte> source);

    public void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context)
    {
        write(destination.GetSpan(sizeBytes), value);
        destination.Advance(sizeBytes);
    }

    public T Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context)
    {
        if (isNull || data.Length != sizeBytes)
        {
            throw new FormatException(
                $"the {(context.IsKey ? "key" : "value")} of a record of {context.Topic} is {(isNull ? "null" : $"{data.Length} bytes long")}: {typeof(T).Name} takes {sizeBytes} bytes");
        }

        Span<byte> bytes = stackalloc byte[SizeBytesMax];
        data.CopyTo(bytes);
        return read(bytes[..sizeBytes]);
    }
}
