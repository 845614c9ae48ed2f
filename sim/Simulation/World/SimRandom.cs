namespace Moldau.Simulation;

/// <summary>Numbers that a seed decides, the same on every machine and runtime (SplitMix64).</summary>
public sealed class SimRandom(ulong seed)
{
    // Mixed first: streams of neighbouring seeds would else be one stream, shifted.
    private ulong _state = Mix(seed ^ 0x6A09E667F3BCC909UL);

    public ulong NextUInt64() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>From 0 up to, not including, <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(NextUInt64() % (ulong)bound);

    /// <summary>From <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public int Next(int from, int to) => from + Next(to - from);

    /// <summary>From <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public long NextInt64(long from, long to) => from + (long)(NextUInt64() % (ulong)(to - from));

    public bool OneIn(int count) => Next(count) == 0;

    public void Fill(Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)NextUInt64();
        }
    }

    /// <summary>An independent stream: what one part of the world draws does not shift what another gets.</summary>
    public SimRandom Fork() => new(NextUInt64());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
