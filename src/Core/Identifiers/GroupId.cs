namespace Moldau.Core;

/// <summary>The id of a group, of any type.</summary>
public readonly struct GroupId(string value) : IEquatable<GroupId>, IComparable<GroupId>
{
    private readonly string? _value = value;

    /// <summary>The text; empty for the default value, never null.</summary>
    public string Value => _value ?? "";

    public static implicit operator GroupId(string value) => new(value);

    public static implicit operator string(GroupId id) => id.Value;

    public static bool operator ==(GroupId left, GroupId right) => left.Equals(right);

    public static bool operator !=(GroupId left, GroupId right) => !left.Equals(right);

    public static bool operator <(GroupId left, GroupId right) => left.CompareTo(right) < 0;

    public static bool operator >(GroupId left, GroupId right) => left.CompareTo(right) > 0;

    public static bool operator <=(GroupId left, GroupId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(GroupId left, GroupId right) => left.CompareTo(right) >= 0;

    public bool Equals(GroupId other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is GroupId other && Equals(other);

    public override int GetHashCode() => IdentifierHash.Of(Value);

    public int CompareTo(GroupId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
