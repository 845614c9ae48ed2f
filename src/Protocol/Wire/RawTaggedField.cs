namespace Moldau.Protocol;

/// <summary>A tagged field that no schema here knows (KIP-482). It is kept as it came and written back.</summary>
/// <param name="Tag">The number of the field.</param>
/// <param name="Data">Its bytes: a slice of the frame that was read.</param>
public readonly record struct RawTaggedField(int Tag, ReadOnlyMemory<byte> Data);
