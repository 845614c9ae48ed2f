namespace Moldau.Cli;

/// <summary>A log directory of a broker.</summary>
/// <param name="Path">Its path on that machine.</param>
/// <param name="Error">Why it does not work; null when it does.</param>
/// <param name="TotalBytes">The size of its volume; null when the broker does not tell.</param>
/// <param name="UsableBytes">What is free there; null when the broker does not tell.</param>
internal sealed record LogDirectoryFacts(string Path, string? Error, long? TotalBytes, long? UsableBytes);
