using Moldau.Runtime;

namespace Moldau.Raft.Tests;

/// <summary>Numbers that a seed decides.</summary>
public sealed class SeededEntropy(int seed) : IEntropy
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
