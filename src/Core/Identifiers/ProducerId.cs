namespace Moldau.Core;

/// <summary>The id that an idempotent or transactional producer was given. Not negative; -1 stands for none (RecordBatch.NO_PRODUCER_ID).</summary>
public readonly record struct ProducerId(long Value) : IComparable<ProducerId>
{
    public static implicit operator ProducerId(long value) => new(value);

    public static implicit operator long(ProducerId id) => id.Value;

    public static bool operator <(ProducerId left, ProducerId right) => left.Value < right.Value;

    public static bool operator >(ProducerId left, ProducerId right) => left.Value > right.Value;

    public static bool operator <=(ProducerId left, ProducerId right) => left.Value <= right.Value;

    public static bool operator >=(ProducerId left, ProducerId right) => left.Value >= right.Value;

    public int CompareTo(ProducerId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
