namespace Moldau.Protocol;

/// <summary>
/// A record of a log that Kafka keeps for itself. The number tells such records of one log apart; numbers of different logs overlap.
/// </summary>
public interface IRecordMessage : IMessage
{
    /// <summary>The number of the record type within its log.</summary>
    short RecordType { get; }
}
