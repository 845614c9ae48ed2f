namespace Moldau.Client;

/// <summary>Sees a record before it is partitioned and may change it. Called by the threads that send, several at once. What it throws fails the send.</summary>
public delegate void RecordInterceptor(ref ProducerRecord record);
