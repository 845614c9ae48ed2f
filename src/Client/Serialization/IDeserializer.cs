using System.Buffers;

namespace Moldau.Client;

/// <summary>Makes a value of the bytes of a record's key or value. One instance serves a consumer; a consumer calls it from one thread at a time.</summary>
public interface IDeserializer<out T>
{
    /// <param name="data">The bytes where they lie: copy what must live longer than the call. Empty when there are none.</param>
    /// <param name="isNull">Whether the record has no key or value at all, which is not the same as an empty one.</param>
    /// <param name="context">Whose bytes they are.</param>
    /// <exception cref="Exception">Whatever it throws comes out of the consumer as the cause of a <see cref="KafkaException"/> that names the record.</exception>
    T Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context);
}
