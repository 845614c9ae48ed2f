using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Moldau.Core;

/// <summary>
/// Hashes of names in tables within the process; nothing on the wire or on the disk depends on them. They differ from process to process, so that nobody can prepare names that collide, except
/// where <see cref="Seed"/> is set: then the order of tables, and with it the course of a simulation, is the same each time.
/// </summary>
public sealed class IdentifierHash : IEqualityComparer<string>
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15UL;

    private IdentifierHash()
    {
    }

    /// <summary>Compares strings by their code units and hashes them with the seed.</summary>
    public static IdentifierHash Comparer { get; } = new();

    /// <summary>Set by simulations, before the first table is made; otherwise drawn by the runtime for this process.</summary>
    public static ulong Seed { get; set; } = unchecked((ulong)nameof(IdentifierHash).GetHashCode(StringComparison.Ordinal) * Multiplier);

    public static int Of(string name)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(name.AsSpan());
        ulong hash = Seed ^ (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(bytes)) * Multiplier, 29);
        }

        foreach (byte last in bytes)
        {
            hash = BitOperations.RotateLeft((hash ^ last) * Multiplier, 29);
        }

        hash ^= hash >> 32;
        return (int)((hash * Multiplier) >> 32);
    }

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode([DisallowNull] string obj) => Of(obj);
}
