using Moldau.Records;

namespace Moldau.Client;

/// <summary>The bytes of a record to append. On the stack only.</summary>
internal readonly ref struct RecordParts
{
    public bool HasKey { get; init; }

    public ReadOnlySpan<byte> Key { get; init; }

    public bool HasValue { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }

    public ReadOnlySpan<RecordHeader> Headers { get; init; }
}
