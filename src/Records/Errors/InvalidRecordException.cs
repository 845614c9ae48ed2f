namespace Moldau.Records;

/// <summary>
/// Records that arrived as they were sent but break the format or its rules, broken compressed streams too: INVALID_RECORD, sending them again does not
/// help.
/// </summary>
public sealed class InvalidRecordException : RecordException
{
    public InvalidRecordException(string message)
        : base(message)
    {
    }

    public InvalidRecordException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
