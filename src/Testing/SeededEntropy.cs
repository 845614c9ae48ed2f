using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>Randomness from a seed; thread safe.</summary>
internal sealed class SeededEntropy(int seed) : IEntropy
{
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> destination)
    {
        lock (_gate)
        {
            _random.NextBytes(destination);
        }
    }
}
