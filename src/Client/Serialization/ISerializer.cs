using System.Buffers;

namespace Moldau.Client;

/// <summary>Makes the bytes of a record's key or value. One instance serves a producer, which calls it from all threads that send: it must be safe from any of them.</summary>
public interface ISerializer<in T>
{
    /// <param name="value">The value; never null: a null becomes a record without key or value.</param>
    /// <param name="destination">Where the bytes go, written once from front to back.</param>
    /// <param name="context">Whose bytes they are.</param>
    /// <exception cref="Exception">Whatever it throws comes out of the call that sends.</exception>
    void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context);
}
