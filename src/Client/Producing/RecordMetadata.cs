namespace Moldau.Client;

/// <summary>Where a record went.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset; -1 when the broker did not say: with acks=0, and for a record sent again that the broker had already and forgotten.</param>
/// <param name="Timestamp">Its timestamp, in ms since the epoch: the broker's, where the topic has <c>message.timestamp.type=LogAppendTime</c>.</param>
public readonly record struct RecordMetadata(string Topic, int Partition, long Offset, long Timestamp);
