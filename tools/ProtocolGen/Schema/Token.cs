namespace Moldau.ProtocolGen.Schema;

/// <summary>A word, a number, a quoted text or one sign of a schema file.</summary>
public readonly record struct Token(string Text, int Line);
