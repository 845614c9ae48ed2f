namespace Moldau.Core;

/// <summary>The transactional id of a producer.</summary>
public readonly struct TransactionalId(string value) : IEquatable<TransactionalId>, IComparable<TransactionalId>
{
    private readonly string? _value = value;

    /// <summary>The text; empty for the default value, never null.</summary>
    public string Value => _value ?? "";

    public static implicit operator TransactionalId(string value) => new(value);

    public static implicit operator string(TransactionalId id) => id.Value;

    public static bool operator ==(TransactionalId left, TransactionalId right) => left.Equals(right);

    public static bool operator !=(TransactionalId left, TransactionalId right) => !left.Equals(right);

    public static bool operator <(TransactionalId left, TransactionalId right) => left.CompareTo(right) < 0;

    public static bool operator >(TransactionalId left, TransactionalId right) => left.CompareTo(right) > 0;

    public static bool operator <=(TransactionalId left, TransactionalId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TransactionalId left, TransactionalId right) => left.CompareTo(right) >= 0;

    public bool Equals(TransactionalId other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is TransactionalId other && Equals(other);

    public override int GetHashCode() => IdentifierHash.Of(Value);

    public int CompareTo(TransactionalId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
