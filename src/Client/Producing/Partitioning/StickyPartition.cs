namespace Moldau.Client;

/// <summary>A turn of one partition.</summary>
/// <param name="Turn">Counts turns from 1; 0 is none.</param>
/// <param name="Partition">The partition.</param>
internal readonly record struct StickyPartition(uint Turn, int Partition)
{
    private const int TurnShift = 32;

    /// <summary>The two in one number, which is read and written as one.</summary>
    public long Packed => ((long)Turn << TurnShift) | (uint)Partition;

    public static StickyPartition Of(long packed) => new((uint)(packed >> TurnShift), (int)packed);

    /// <summary>The next turn, of that partition.</summary>
    public StickyPartition Next(int partition) => new(Turn == uint.MaxValue ? 1 : Turn + 1, partition);
}
