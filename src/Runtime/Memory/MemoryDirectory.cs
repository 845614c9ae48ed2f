namespace Moldau.Runtime.Memory;

/// <summary>A directory of a <see cref="MemoryDisk"/>: names to <see cref="MemoryNode"/> or <see cref="MemoryDirectory"/>, in ordinal order.</summary>
internal sealed class MemoryDirectory
{
    public SortedDictionary<string, object> Entries { get; } = new(StringComparer.Ordinal);
}
