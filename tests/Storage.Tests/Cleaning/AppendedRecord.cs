namespace Moldau.Storage.Tests.Cleaning;

/// <summary>A record that was appended. Of a transaction it is known later how it ended, and by which marker.</summary>
internal sealed class AppendedRecord
{
    public required long Offset { get; init; }

    public required string Key { get; init; }

    public required string? Value { get; init; }

    public required long TimeMs { get; init; }

    /// <summary>The producer of a transaction; -1 for none.</summary>
    public long ProducerId { get; init; } = -1;

    public bool IsAborted { get; set; }

    /// <summary>The offset of the marker; -1 while the transaction is open.</summary>
    public long Marker { get; set; } = -1;
}
