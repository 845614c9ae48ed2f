using System.Buffers;

namespace Moldau.Client;

/// <summary><see cref="Serdes.Memory"/>.</summary>
internal sealed class MemorySerde : ISerde<ReadOnlyMemory<byte>>
{
    public void Serialize(ReadOnlyMemory<byte> value, IBufferWriter<byte> destination, SerializationContext context) => destination.Write(value.Span);

    public ReadOnlyMemory<byte> Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context) => data.ToArray();
}
