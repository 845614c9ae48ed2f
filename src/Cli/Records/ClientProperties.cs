using System.CommandLine;

namespace Moldau.Cli;

/// <summary>The configuration of a consumer or producer on the command line, and what of it concerns the connection whatever the client does: admin clients beside it take that alone.</summary>
internal static class ClientProperties
{
    private static readonly string[] Prefixes =
    [
        "bootstrap.", "security.", "sasl.", "ssl.", "client.id", "client.dns.lookup", "request.timeout.ms", "default.api.timeout.ms", "metadata.max.age.ms", "metadata.recovery.",
        "retry.backoff.", "reconnect.backoff.", "socket.connection.setup.timeout.", "connections.max.idle.ms",
    ];

    public static Dictionary<string, string> OfConnection(IReadOnlyDictionary<string, string> properties) =>
        properties.Where(pair => Array.Exists(Prefixes, prefix => pair.Key.StartsWith(prefix, StringComparison.Ordinal))).ToDictionary(pair => pair.Key, pair => pair.Value);

    /// <summary>What all commands take, then the file, then the single keys: later ones win.</summary>
    public static Dictionary<string, string> Of(Session session, ParseResult parsed, Option<string?> file, Option<string[]> keys)
    {
        var properties = new Dictionary<string, string>(session.Properties, StringComparer.Ordinal);
        IEnumerable<KeyValuePair<string, string>> ofFile = parsed.GetValue(file) is { } path ? ClientFile.ReadProperties(session.Context.Disk, file.Name, path) : [];
        foreach ((string key, string value) in ofFile.Concat((parsed.GetValue(keys) ?? []).Select(text => ClientFile.Pair(keys.Name, text))))
        {
            properties[key] = value;
        }

        return properties;
    }
}
