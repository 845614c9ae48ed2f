using System.Buffers;

namespace Moldau.Client;

/// <summary><see cref="Serdes.Bytes"/>.</summary>
internal sealed class BytesSerde : ISerde<byte[]>
{
    public void Serialize(byte[] value, IBufferWriter<byte> destination, SerializationContext context) => destination.Write(value);

    public byte[] Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context) => isNull ? null! : data.ToArray();
}
