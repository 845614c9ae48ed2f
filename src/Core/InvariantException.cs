namespace Moldau.Core;

/// <summary>A broken invariant: a bug of ours or damage that no caller can repair. Nobody catches it to go on.</summary>
public sealed class InvariantException(string message) : Exception(message);
