using Moldau.Runtime;

namespace Moldau.Coordination.Tests;

/// <summary>The same bytes for the same seed.</summary>
public sealed class TestEntropy(int seed) : IEntropy
{
#pragma warning disable CA5394 // Nothing here is secret; the point is that it repeats.
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);
#pragma warning restore CA5394
}
