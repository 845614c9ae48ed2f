namespace Moldau.ProtocolGen.Schema;

/// <summary>A schema that says something impossible; the message names the file and the line.</summary>
public sealed class SchemaException(string message) : Exception(message);
