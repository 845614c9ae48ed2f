namespace Moldau.Cli;

/// <summary>Which keys of a client's configuration concern the connection, whatever the client does: admin clients beside a consumer or producer take those alone. Pure.</summary>
internal static class ClientProperties
{
    private static readonly string[] Prefixes =
    [
        "bootstrap.", "security.", "sasl.", "ssl.", "client.id", "client.dns.lookup", "request.timeout.ms", "default.api.timeout.ms", "metadata.max.age.ms", "metadata.recovery.",
        "retry.backoff.", "reconnect.backoff.", "socket.connection.setup.timeout.", "connections.max.idle.ms",
    ];

    public static Dictionary<string, string> OfConnection(IReadOnlyDictionary<string, string> properties) =>
        properties.Where(pair => Array.Exists(Prefixes, prefix => pair.Key.StartsWith(prefix, StringComparison.Ordinal))).ToDictionary(pair => pair.Key, pair => pair.Value);
}
