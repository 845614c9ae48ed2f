namespace Moldau.Client;

/// <summary>What a <see cref="Partitioner"/> knows of a record. On the stack only; the spans are good until the call returns.</summary>
public readonly ref struct PartitionChoice
{
    /// <summary>The topic.</summary>
    public string Topic { get; init; }

    /// <summary>How many partitions the topic has; at least 1.</summary>
    public int PartitionsCount { get; init; }

    /// <summary>Whether the record has a key.</summary>
    public bool HasKey { get; init; }

    /// <summary>The key as it is sent; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>Whether the record has a value.</summary>
    public bool HasValue { get; init; }

    /// <summary>The value as it is sent; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; init; }
}
