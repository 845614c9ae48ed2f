namespace Moldau.Runtime;

/// <summary>A failed disk operation: names the operation, the path and the system's reason.</summary>
public sealed class DiskException(DiskErrorKind kind, string operation, string path, string reason)
    : IOException($"{operation} of {path} failed: {reason}")
{
    public DiskErrorKind Kind { get; } = kind;

    public string Operation { get; } = operation;

    public string Path { get; } = path;
}
