namespace Moldau.Records;

/// <summary>A length, magic, checksum or compressed stream that cannot be right: CORRUPT_MESSAGE, a peer may fetch or send again.</summary>
public sealed class CorruptRecordException : RecordException
{
    public CorruptRecordException(string message)
        : base(message)
    {
    }

    public CorruptRecordException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
