namespace Moldau.Storage;

/// <summary>A leader epoch and the offset of the first record that its leader appended (KIP-101).</summary>
public readonly record struct EpochEntry(int Epoch, long StartOffset);
