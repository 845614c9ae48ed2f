namespace Moldau.Core;

/// <summary>The name of a topic. Any text may come from a peer: legality is checked where topics are made.</summary>
public readonly struct TopicName(string value) : IEquatable<TopicName>, IComparable<TopicName>
{
    private readonly string? _value = value;

    /// <summary>The text; empty for the default value, never null.</summary>
    public string Value => _value ?? "";

    public static implicit operator TopicName(string value) => new(value);

    public static implicit operator string(TopicName id) => id.Value;

    public static bool operator ==(TopicName left, TopicName right) => left.Equals(right);

    public static bool operator !=(TopicName left, TopicName right) => !left.Equals(right);

    public static bool operator <(TopicName left, TopicName right) => left.CompareTo(right) < 0;

    public static bool operator >(TopicName left, TopicName right) => left.CompareTo(right) > 0;

    public static bool operator <=(TopicName left, TopicName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TopicName left, TopicName right) => left.CompareTo(right) >= 0;

    public bool Equals(TopicName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is TopicName other && Equals(other);

    public override int GetHashCode() => IdentifierHash.Of(Value);

    public int CompareTo(TopicName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
