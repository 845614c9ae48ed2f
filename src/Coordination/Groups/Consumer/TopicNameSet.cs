namespace Moldau.Coordination;

/// <summary>Names of topics, each once, in order: what a member or a pattern subscribes to. Immutable.</summary>
public sealed class TopicNameSet : IEquatable<TopicNameSet>
{
    public static readonly TopicNameSet Empty = new([]);

    private readonly string[] _names;

    private TopicNameSet(string[] names) => _names = names;

    public IReadOnlyList<string> Names => _names;

    public bool IsEmpty => _names.Length == 0;

    public static TopicNameSet Of(IEnumerable<string> names)
    {
        var sorted = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return sorted.Length == 0 ? Empty : new TopicNameSet(sorted);
    }

    public bool Contains(string name) => Array.BinarySearch(_names, name, StringComparer.Ordinal) >= 0;

    public bool Equals(TopicNameSet? other) => other is not null && (ReferenceEquals(this, other) || _names.AsSpan().SequenceEqual(other._names));

    public override bool Equals(object? obj) => Equals(obj as TopicNameSet);

    public override int GetHashCode() => HashCode.Combine(_names.Length, _names.FirstOrDefault());

    public override string ToString() => string.Join(", ", _names);
}
