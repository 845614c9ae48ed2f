using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Moldau.Configuration;

/// <summary>A host and a port, as in controller.quorum.bootstrap.servers and --bootstrap-server.</summary>
public sealed record HostPort(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>[v6]:port</c> or <c>PROTOCOL://host:port</c>; the host must be a name or an address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostPort? result)
    {
        result = null;
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? text : text[(scheme + 3)..];
        int colon = rest.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > 65535)
        {
            return false;
        }

        string host = rest[..colon];
        if (host.Length > 2 && host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
        }

        if (!host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '%' or '.' or '_' or ':'))
        {
            return false;
        }

        result = new HostPort(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
