namespace Moldau.Coordination;

/// <summary>A pattern breaks the syntax; the message is RE2/J's description. Does not leave the parser.</summary>
internal sealed class TopicPatternException(string description) : Exception(description);
