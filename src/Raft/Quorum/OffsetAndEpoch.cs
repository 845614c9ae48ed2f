namespace Moldau.Raft;

/// <summary>An offset and the leader epoch it belongs to: the end of a log (exclusive) or of a snapshot. Ordered by epoch first, as votes compare
/// logs.</summary>
public readonly record struct OffsetAndEpoch(long Offset, int Epoch) : IComparable<OffsetAndEpoch>
{
    /// <summary>The snapshot that <c>storage format</c> writes: it holds what the cluster starts with, and no record of the log.</summary>
    public static readonly OffsetAndEpoch Bootstrap = new(0, 0);

    public static bool operator <(OffsetAndEpoch left, OffsetAndEpoch right) => left.CompareTo(right) < 0;

    public static bool operator >(OffsetAndEpoch left, OffsetAndEpoch right) => left.CompareTo(right) > 0;

    public static bool operator <=(OffsetAndEpoch left, OffsetAndEpoch right) => left.CompareTo(right) <= 0;

    public static bool operator >=(OffsetAndEpoch left, OffsetAndEpoch right) => left.CompareTo(right) >= 0;

    public int CompareTo(OffsetAndEpoch other) => Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Offset.CompareTo(other.Offset);
}
