using System.Runtime.InteropServices;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>Numbers by chance, cheap enough for each record (splitmix64), seeded from the seam. Not for secrets. Any thread.</summary>
internal sealed class RandomSequence
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    public RandomSequence(IEntropy entropy)
    {
        ulong seed = 0;
        entropy.Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref seed)));
        _state = seed;
    }

    /// <summary>From 0 up to but without <paramref name="limit"/>.</summary>
    public int Below(int limit)
    {
        ulong mixed = Interlocked.Add(ref _state, Step);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        mixed ^= mixed >> 31;
        return (int)Math.BigMul(mixed, (ulong)limit, out _);
    }
}
