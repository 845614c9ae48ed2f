namespace Moldau.Runtime;

/// <summary>One name in a directory.</summary>
public readonly record struct DiskEntry(string Name, bool IsDirectory);
