namespace Moldau.Storage;

/// <summary>Sees a batch with all its bytes; false ends the walk.</summary>
internal delegate bool WholeBatchVisitor(in BatchHeader header, ReadOnlySpan<byte> bytes);
