using System.Buffers.Binary;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>How long to wait before the next attempt: doubling, with a fifth of chance around it so that clients do not come in step (KIP-580). Any thread may call it.</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan max, IEntropy entropy)
{
    private const double Jitter = 0.2;
    private const int DoublingsMax = 20;

    /// <param name="failures">How many attempts have failed, from 1.</param>
    public TimeSpan After(int failures)
    {
        double wait = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, DoublingsMax)), max.TotalMilliseconds);
        Span<byte> random = stackalloc byte[4];
        entropy.Fill(random);
        double chance = BinaryPrimitives.ReadUInt32LittleEndian(random) / (double)uint.MaxValue;
        return TimeSpan.FromMilliseconds(Math.Min(wait * (1 - Jitter + (2 * Jitter * chance)), Math.Max(max.TotalMilliseconds, first.TotalMilliseconds)));
    }
}
