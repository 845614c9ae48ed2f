using System.Buffers;
using Google.Protobuf;

namespace Moldau.Client.Protobuf;

/// <summary>
/// The bytes of a Protobuf message, without a frame around them. A record without value reads as null; one with an empty value as a message whose fields all have their defaults. Any thread may call it.
/// </summary>
/// <typeparam name="T">The message, as Protobuf's compiler made it.</typeparam>
/// <param name="parser">Its parser: <c>Order.Parser</c>.</param>
public sealed class ProtobufSerde<T>(MessageParser<T> parser) : ISerde<T>
    where T : class, IMessage<T>
{
    /// <inheritdoc/>
    public void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context) => value.WriteTo(destination);

    /// <inheritdoc/>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public T Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context) => isNull ? null! : parser.ParseFrom(data);
}
