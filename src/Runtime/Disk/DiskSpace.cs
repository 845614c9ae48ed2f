namespace Moldau.Runtime;

/// <summary>Size and free space (for this process's user) of a volume, in bytes.</summary>
public readonly record struct DiskSpace(long TotalBytes, long UsableBytes);
