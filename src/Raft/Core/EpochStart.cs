namespace Moldau.Raft;

/// <summary>The first offset of a leader epoch in the log.</summary>
public readonly record struct EpochStart(int Epoch, long Offset);
