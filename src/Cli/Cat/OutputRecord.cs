namespace Moldau.Cli;

/// <summary>A record as it is printed. Valid until the next one.</summary>
internal readonly ref struct OutputRecord
{
    public required string Topic { get; init; }

    public required int Partition { get; init; }

    public required long Offset { get; init; }

    /// <summary>Milliseconds since 1970; -1 when there is none.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>Whether the broker gave the timestamp.</summary>
    public bool IsLogAppendTime { get; init; }

    /// <summary>The epoch of the leader that wrote it; -1 when the broker does not tell.</summary>
    public int LeaderEpoch { get; init; }

    /// <summary>Not looked at when <see cref="HasKey"/> is false.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    public required bool HasKey { get; init; }

    /// <summary>Not looked at when <see cref="HasValue"/> is false.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    public required bool HasValue { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; }

    /// <summary>The broker it was fetched from; -1 when not known.</summary>
    public int BrokerId { get; init; }
}
