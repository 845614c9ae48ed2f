using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>The entropy of a simulated process.</summary>
public sealed class SimEntropy(SimRandom random) : IEntropy
{
    public void Fill(Span<byte> destination) => random.Fill(destination);
}
