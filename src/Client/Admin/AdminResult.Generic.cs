namespace Moldau.Client;

/// <summary>What came of one item of an operation on many: a value, or why there is none. Immutable; safe from any thread.</summary>
public sealed record AdminResult<T> : AdminResult
{
    private readonly T? _value;

    internal AdminResult(T value)
        : base((KafkaException?)null) => _value = value;

    internal AdminResult(KafkaException error)
        : base(error)
    {
    }

    /// <summary>The value.</summary>
    /// <exception cref="KafkaException">The item failed: this is its <see cref="AdminResult.Error"/>.</exception>
    public T Value => Error is null ? _value! : throw Error;

    /// <summary>The value, or the default when the item failed.</summary>
    public T? ValueOrDefault => _value;

    /// <summary>The value, or the message of the error.</summary>
    public override string ToString() => Error is null ? $"{_value}" : Error.Message;
}
