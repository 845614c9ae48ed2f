namespace Moldau.Core;

/// <summary>The index of a partition within its topic. Not negative.</summary>
public readonly record struct PartitionIndex(int Value) : IComparable<PartitionIndex>
{
    public static implicit operator PartitionIndex(int value) => new(value);

    public static implicit operator int(PartitionIndex id) => id.Value;

    public static bool operator <(PartitionIndex left, PartitionIndex right) => left.Value < right.Value;

    public static bool operator >(PartitionIndex left, PartitionIndex right) => left.Value > right.Value;

    public static bool operator <=(PartitionIndex left, PartitionIndex right) => left.Value <= right.Value;

    public static bool operator >=(PartitionIndex left, PartitionIndex right) => left.Value >= right.Value;

    public int CompareTo(PartitionIndex other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
