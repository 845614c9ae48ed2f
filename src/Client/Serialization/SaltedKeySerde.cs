using System.Buffers;

namespace Moldau.Client;

/// <summary>Keys of <typeparamref name="T"/> with a salt behind them (<see cref="SaltedKeys"/>): a producer spreads hot keys, a consumer sees them as they were.</summary>
/// <param name="inner">The format of the key itself.</param>
/// <param name="salts">Into how many parts a key is cut.</param>
public sealed class SaltedKeySerde<T>(ISerde<T> inner, SaltedKeys salts) : ISerde<T>
{
    /// <inheritdoc/>
    public void Serialize(T value, IBufferWriter<byte> destination, SerializationContext context)
    {
        inner.Serialize(value, destination, context);
        destination.Advance(salts.Write([], destination.GetSpan(SaltedKeys.SaltBytes)));
    }

    /// <inheritdoc/>
    public T Deserialize(ReadOnlySequence<byte> data, bool isNull, SerializationContext context)
    {
        if (data.Length >= SaltedKeys.SaltBytes)
        {
            Span<byte> end = stackalloc byte[SaltedKeys.SaltBytes];
            data.Slice(data.Length - SaltedKeys.SaltBytes).CopyTo(end);
            data = SaltedKeys.TryRead(end, out _, out _) ? data.Slice(0, data.Length - SaltedKeys.SaltBytes) : data;
        }

        return inner.Deserialize(data, isNull, context);
    }
}
