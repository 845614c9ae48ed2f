namespace Moldau.Runtime.Memory;

/// <summary>One change of a <see cref="MemoryDisk"/>. Kinds: create, write, truncate (to <see cref="Position"/>), mkdir, delete, rmdir, rename, sync,
/// syncdir.</summary>
public sealed record MemoryDiskOperation(string Kind, string Path)
{
    /// <summary>Where a rename goes.</summary>
    public string? Target { get; init; }

    /// <summary>Where a write begins, or the length that a truncation leaves.</summary>
    public long Position { get; init; }

    /// <summary>What a write wrote.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    public override string ToString() => Kind switch
    {
        "write" => $"write {Path} at {Position}: {Data.Length} bytes",
        "truncate" => $"truncate {Path} to {Position}",
        "rename" => $"rename {Path} to {Target}",
        _ => $"{Kind} {Path}",
    };
}
