namespace Moldau.Client;

/// <summary>A record of a batch of this producer, read back from where it was written. On the stack only.</summary>
internal readonly ref struct BatchRecord
{
    public int Index { get; init; }

    public long Timestamp { get; init; }

    /// <summary>Key, value and headers as they are encoded.</summary>
    public ReadOnlySpan<byte> AfterDeltas { get; init; }
}
