namespace Moldau.Records;

/// <summary>
/// Bytes that are no good records. Readers of records throw nothing else whatever the bytes are; which of its kinds it is decides the answer to a peer.
/// </summary>
public abstract class RecordException : Exception
{
    private protected RecordException(string message)
        : base(message)
    {
    }

    private protected RecordException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
