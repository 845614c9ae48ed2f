namespace Moldau.Client;

/// <summary>Whose bytes are made or read. Immutable.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="IsKey">Whether it is the key; otherwise the value.</param>
public readonly record struct SerializationContext(string Topic, bool IsKey);
