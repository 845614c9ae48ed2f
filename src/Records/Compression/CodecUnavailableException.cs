namespace Moldau.Records;

/// <summary>The native library of a codec is not installed. The message names the package that brings it. Nothing is wrong with the records.</summary>
public sealed class CodecUnavailableException(string message) : Exception(message);
