namespace Moldau.Core;

/// <summary>The position of a record in a partition. Not negative; negative values are sentinels of the API that carries them.</summary>
public readonly record struct Offset(long Value) : IComparable<Offset>
{
    public static implicit operator Offset(long value) => new(value);

    public static implicit operator long(Offset id) => id.Value;

    public static bool operator <(Offset left, Offset right) => left.Value < right.Value;

    public static bool operator >(Offset left, Offset right) => left.Value > right.Value;

    public static bool operator <=(Offset left, Offset right) => left.Value <= right.Value;

    public static bool operator >=(Offset left, Offset right) => left.Value >= right.Value;

    public int CompareTo(Offset other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
