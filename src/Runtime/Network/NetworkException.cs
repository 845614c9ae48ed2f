namespace Moldau.Runtime;

/// <summary>A connection or address failed; the message names it and the reason.</summary>
public sealed class NetworkException(string message, Exception? inner = null) : IOException(message, inner);
