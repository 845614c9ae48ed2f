namespace Moldau.Core;

/// <summary>The id of a node of the cluster, broker or controller. Not negative; -1 stands for none.</summary>
public readonly record struct BrokerId(int Value) : IComparable<BrokerId>
{
    public static implicit operator BrokerId(int value) => new(value);

    public static implicit operator int(BrokerId id) => id.Value;

    public static bool operator <(BrokerId left, BrokerId right) => left.Value < right.Value;

    public static bool operator >(BrokerId left, BrokerId right) => left.Value > right.Value;

    public static bool operator <=(BrokerId left, BrokerId right) => left.Value <= right.Value;

    public static bool operator >=(BrokerId left, BrokerId right) => left.Value >= right.Value;

    public int CompareTo(BrokerId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
