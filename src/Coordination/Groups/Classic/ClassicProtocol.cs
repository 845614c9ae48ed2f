namespace Moldau.Coordination;

/// <summary>A protocol, of an assignor usually, that a member of a classic group supports, and what it says for it.</summary>
public readonly record struct ClassicProtocol(string Name, ReadOnlyMemory<byte> Metadata);
