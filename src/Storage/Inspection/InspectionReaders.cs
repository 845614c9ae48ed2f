namespace Moldau.Storage;

/// <summary>
/// How to read what rooms above the storage own, for <see cref="LogInspector"/>. Each returns a text for people and throws <see cref="InvalidDataException"/> or a protocol exception for
/// bytes that are not of its kind. Without one, bytes are shown as they are.
/// </summary>
public sealed record InspectionReaders
{
    /// <summary>The value of a record in the metadata log or in one of its snapshots.</summary>
    public Func<ReadOnlyMemory<byte>, string>? MetadataRecord { get; init; }

    /// <summary>The content of <c>quorum-state</c>.</summary>
    public Func<string, string>? QuorumState { get; init; }
}
