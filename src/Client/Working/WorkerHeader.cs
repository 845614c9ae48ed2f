namespace Moldau.Client;

/// <summary>A header of a record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null is one, too.</param>
public readonly record struct WorkerHeader(string Name, ReadOnlyMemory<byte>? Value);
