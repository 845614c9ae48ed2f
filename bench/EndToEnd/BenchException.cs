namespace Moldau.EndToEnd;

/// <summary>A server did not do what was asked, or a result is wrong: the comparison is worth nothing.</summary>
internal sealed class BenchException(string message) : Exception(message);
