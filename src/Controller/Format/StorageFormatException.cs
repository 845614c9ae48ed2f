namespace Moldau.Controller;

/// <summary>A directory cannot be formatted as asked: the message says why, for the person who asked.</summary>
public sealed class StorageFormatException(string message) : Exception(message);
