namespace Moldau.Records;

/// <summary>One record where it lies. Good as long as the bytes under it and until the reader moves on; copy what must live longer.</summary>
public ref struct RecordView
{
    /// <summary>The offset in the partition.</summary>
    public long Offset { get; internal set; }

    /// <summary>Milliseconds since the epoch; the append time where the batch has that timestamp type; -1 for none.</summary>
    public long Timestamp { get; internal set; }

    /// <summary>The producer's sequence; -1 when the batch has none.</summary>
    public int Sequence { get; internal set; }

    /// <summary>Attributes of the record, none of which means anything today.</summary>
    public byte Attributes { get; internal set; }

    /// <summary>The size by the record's own length field, with that field.</summary>
    public int SizeBytes { get; internal set; }

    /// <summary>Whether there is a key, which may be empty.</summary>
    public bool HasKey { get; internal set; }

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key { get; internal set; }

    /// <summary>Whether there is a value, which may be empty. A record without one is a tombstone in a compacted topic.</summary>
    public bool HasValue { get; internal set; }

    /// <summary>The value; empty when there is none.</summary>
    public ReadOnlySpan<byte> Value { get; internal set; }

    /// <summary>How many headers the record has.</summary>
    public int HeadersCount { get; internal set; }

    /// <summary>The headers as they lie in the record, checked.</summary>
    internal ReadOnlySpan<byte> HeaderBytes { get; set; }

    /// <summary>The headers in their order.</summary>
    public readonly RecordHeaderReader Headers => new(HeaderBytes, HeadersCount);
}
