namespace Moldau.Host;

/// <summary>A log directory cannot be used: not formatted, formatted for another node, in use. The message is for the operator; the program ends with exit code 3.</summary>
internal sealed class StorageException(string message) : Exception(message);
