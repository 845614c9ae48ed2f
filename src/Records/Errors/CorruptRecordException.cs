namespace Moldau.Records;

/// <summary>A length, magic or checksum that cannot be right: CORRUPT_MESSAGE, a peer may fetch or send again.</summary>
public sealed class CorruptRecordException : RecordException
{
    public CorruptRecordException(string message)
        : base(message)
    {
    }
}
