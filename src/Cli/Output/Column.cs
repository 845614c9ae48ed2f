namespace Moldau.Cli;

/// <summary>One column of a table, or one field of an object.</summary>
/// <param name="Key">Its name for programs, in camelCase; documented in docs/cli.md and stable.</param>
/// <param name="Header">Its name for people.</param>
/// <param name="IsRight">Numbers stand at the right.</param>
internal sealed record Column(string Key, string Header, bool IsRight = false)
{
    /// <summary>Whether people can do without it when their window is narrow.</summary>
    public bool IsOptional { get; private init; }

    /// <summary>Whether its text may go over several lines.</summary>
    public bool Wraps { get; private init; }

    public static Column Text(string key, string? header = null) => new(key, header ?? Words(key));

    public static Column Number(string key, string? header = null) => new(key, header ?? Words(key), IsRight: true);

    public Column Optional() => this with { IsOptional = true };

    public Column Wrapping() => this with { Wraps = true };

    /// <summary>"replicationFactor" is "replication factor" to people.</summary>
    private static string Words(string key) => string.Concat(key.Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
}
