namespace Moldau.Client;

/// <summary>Whose quota it is: a user, a client id, both, or an IP address (KIP-546). Immutable; equal when all its parts are.</summary>
public sealed class ClientQuotaEntity : IEquatable<ClientQuotaEntity>
{
    public const string UserType = "user";
    public const string ClientIdType = "client-id";
    public const string IpType = "ip";

    private readonly SortedDictionary<string, string?> _entries;

    /// <param name="entries">The names by type; null for the default of the type, which holds for whoever has no quota of its own.</param>
    public ClientQuotaEntity(IEnumerable<KeyValuePair<string, string?>> entries)
    {
        _entries = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach ((string type, string? name) in entries)
        {
            _entries.Add(type, name);
        }
    }

    /// <summary>The names by type.</summary>
    public IReadOnlyDictionary<string, string?> Entries => _entries;

    /// <param name="name">The user; null for the default of all users.</param>
    public static ClientQuotaEntity User(string? name) => new([new(UserType, name)]);

    /// <param name="name">The client id; null for the default of all client ids.</param>
    public static ClientQuotaEntity ClientId(string? name) => new([new(ClientIdType, name)]);

    /// <param name="address">The address; null for the default of all addresses.</param>
    public static ClientQuotaEntity Ip(string? address) => new([new(IpType, address)]);

    public bool Equals(ClientQuotaEntity? other) => other is not null && _entries.SequenceEqual(other._entries);

    public override bool Equals(object? obj) => Equals(obj as ClientQuotaEntity);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach ((string type, string? name) in _entries)
        {
            hash.Add(type);
            hash.Add(name);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(", ", _entries.Select(entry => $"{entry.Key} {entry.Value ?? "(default)"}"));
}
