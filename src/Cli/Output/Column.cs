namespace Moldau.Cli;

/// <summary>One column of a table, or one field of an object.</summary>
/// <param name="Key">Its name for programs, in camelCase; documented in docs/cli.md and stable.</param>
/// <param name="Header">Its name for people.</param>
/// <param name="IsRight">Numbers stand at the right.</param>
internal sealed record Column(string Key, string Header, bool IsRight = false)
{
    public static Column Text(string key, string? header = null) => new(key, header ?? Words(key));

    public static Column Number(string key, string? header = null) => new(key, header ?? Words(key), IsRight: true);

    /// <summary>"replicationFactor" is "replication factor" to people.</summary>
    private static string Words(string key) => string.Concat(key.Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : c.ToString()));
}
