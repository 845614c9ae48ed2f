namespace Moldau.Cli;

/// <summary>A record to send, as it was read. Immutable.</summary>
internal readonly record struct InputRecord
{
    /// <summary>Null for the partitioner's choice.</summary>
    public int? Partition { get; init; }

    /// <summary>Null for now.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>Null for no key.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>Null for a tombstone.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; }
}
