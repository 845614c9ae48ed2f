namespace Moldau.Client;

/// <summary>Whose quota it is: a user, a client id, both, or an IP address (KIP-546). Immutable; equal when all its parts are.</summary>
public sealed class ClientQuotaEntity : IEquatable<ClientQuotaEntity>
{
    /// <summary>The type of a user: the name that somebody was authenticated by.</summary>
    public const string UserType = "user";

    /// <summary>The type of a client id: what a client calls itself (<c>client.id</c>).</summary>
    public const string ClientIdType = "client-id";

    /// <summary>The type of an IP address; it has quotas of new connections alone (KIP-612), and stands by itself.</summary>
    public const string IpType = "ip";

    private readonly SortedDictionary<string, string?> _entries;

    /// <summary>An entity of one type, or of a user and a client id.</summary>
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

    /// <summary>A user, whatever its client ids.</summary>
    /// <param name="name">The user; null for the default of all users.</param>
    public static ClientQuotaEntity User(string? name) => new([new(UserType, name)]);

    /// <summary>A client id, whoever its user is.</summary>
    /// <param name="name">The client id; null for the default of all client ids.</param>
    public static ClientQuotaEntity ClientId(string? name) => new([new(ClientIdType, name)]);

    /// <summary>An IP address.</summary>
    /// <param name="address">The address; null for the default of all addresses.</param>
    public static ClientQuotaEntity Ip(string? address) => new([new(IpType, address)]);

    /// <inheritdoc />
    public bool Equals(ClientQuotaEntity? other) => other is not null && _entries.SequenceEqual(other._entries);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as ClientQuotaEntity);

    /// <inheritdoc />
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

    /// <summary>Types and names, for messages: <c>client-id (default), user alice</c>.</summary>
    public override string ToString() => string.Join(", ", _entries.Select(entry => $"{entry.Key} {entry.Value ?? "(default)"}"));
}
