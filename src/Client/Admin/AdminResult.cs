namespace Moldau.Client;

/// <summary>How one item of an operation on many went. Immutable; safe from any thread.</summary>
/// <param name="Error">Why it failed; null when it did not.</param>
public record AdminResult(KafkaException? Error)
{
    internal static readonly AdminResult Done = new((KafkaException?)null);

    /// <summary>True when it went well.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>Throws <see cref="Error"/>, when there is one.</summary>
    /// <exception cref="KafkaException">The item failed.</exception>
    public void ThrowIfFailed()
    {
        if (Error is not null)
        {
            throw Error;
        }
    }

    /// <summary><c>done</c>, or the message of the error.</summary>
    public override string ToString() => Error is null ? "done" : Error.Message;
}
