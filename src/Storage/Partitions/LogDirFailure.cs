using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>A log directory failed: everything on it is offline until the node starts again.</summary>
public sealed record LogDirFailure(string LogDirectory, DiskException Failure);
