namespace Moldau.Records;

/// <summary>Why one record of a batch was refused (KIP-467).</summary>
/// <param name="BatchIndex">The place of the record in its batch, from 0.</param>
/// <param name="Message">What is wrong with it.</param>
public readonly record struct RecordError(int BatchIndex, string Message)
{
    /// <summary>As clients know it from Apache Kafka's error texts.</summary>
    public override string ToString() => $"RecordError(batchIndex={BatchIndex}, message='{Message}')";
}
