namespace Moldau.Records;

/// <summary>Whose clock gave the timestamps of a batch: bit 3 of its attributes. Magic 0 has no timestamps.</summary>
public enum TimestampType : sbyte
{
    NoTimestampType = -1,
    CreateTime = 0,
    LogAppendTime = 1,
}
