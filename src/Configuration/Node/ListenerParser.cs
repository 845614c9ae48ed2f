using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Moldau.Configuration;

/// <summary>Reads the listener keys. Throws <see cref="ConfigurationException"/> with Apache Kafka's words.</summary>
internal static class ListenerParser
{
    public static SecurityProtocol Protocol(string text, string key) => text.ToUpperInvariant() switch
    {
        "PLAINTEXT" => SecurityProtocol.Plaintext,
        "SSL" => SecurityProtocol.Ssl,
        "SASL_PLAINTEXT" => SecurityProtocol.SaslPlaintext,
        "SASL_SSL" => SecurityProtocol.SaslSsl,
        _ => throw new ConfigurationException($"Invalid security protocol `{text}` defined in {key}: it must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"),
    };

    /// <summary>A map such as <c>A:PLAINTEXT,B:SSL</c>; values may hold no colon, keys may.</summary>
    public static Dictionary<string, string> Map(string text, string key)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string item in ConfigParser.SplitList(JavaText.Trim(text)))
        {
            int colon = item.LastIndexOf(':');
            if (colon <= 0)
            {
                throw new ConfigurationException($"Error parsing configuration property '{key}': \"{item}\" is not of the form name:value");
            }

            map[item[..colon].Trim()] = item[(colon + 1)..].Trim();
        }

        return map;
    }

    public static IReadOnlyList<ListenerEndpoint> Endpoints(
        string[] entries, string key, IReadOnlyDictionary<string, SecurityProtocol> protocols, bool requireDistinctPorts)
    {
        string all = string.Join(',', entries);
        var endpoints = new List<ListenerEndpoint>(entries.Length);
        foreach (string entry in entries)
        {
            endpoints.Add(Endpoint(entry, all, key, protocols));
        }

        if (endpoints.Select(e => e.Name).Distinct(StringComparer.Ordinal).Count() != endpoints.Count)
        {
            throw new ConfigurationException($"Each listener must have a different name, {key}: {all}");
        }

        if (requireDistinctPorts)
        {
            CheckPorts(endpoints, key, all);
        }

        return endpoints;
    }

    private static ListenerEndpoint Endpoint(string entry, string all, string key, IReadOnlyDictionary<string, SecurityProtocol> protocols)
    {
        int scheme = entry.LastIndexOf("://", StringComparison.Ordinal);
        int colon = entry.LastIndexOf(':');
        if (scheme < 0 || colon <= scheme || !int.TryParse(entry.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int port)
            || port is < -1 or > 65535)
        {
            throw Unreadable(entry, all, key);
        }

        string name = entry[..scheme].ToUpperInvariant();
        string host = entry[(scheme + 3)..colon];
        if (host.Length >= 2 && host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
        }

        if (name.Length == 0 || !host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '%' or '.' or '_' or ':'))
        {
            throw Unreadable(entry, all, key);
        }

        return protocols.TryGetValue(name, out SecurityProtocol protocol)
            ? new ListenerEndpoint(name, host.Length == 0 ? null : host, port, protocol)
            : throw new ConfigurationException(
                $"Error creating broker listeners from '{all}' ({key}): No security protocol defined for listener {name}, add it to listener.security.protocol.map");
    }

    private static ConfigurationException Unreadable(string entry, string all, string key) =>
        new($"Error creating broker listeners from '{all}' ({key}): Unable to parse {entry} to a broker endpoint, it must be NAME://host:port");

    /// <summary>Two listeners may share a port only when one is bound to an IPv4 address and the other to an IPv6 one.</summary>
    private static void CheckPorts(List<ListenerEndpoint> endpoints, string key, string all)
    {
        foreach (IGrouping<int, ListenerEndpoint> same in endpoints.Where(e => e.Port != 0).GroupBy(e => e.Port).Where(g => g.Count() > 1))
        {
            AddressFamily[] families = [.. same.Select(e => IPAddress.TryParse(e.Host, out IPAddress? address) ? address.AddressFamily : AddressFamily.Unknown)];
            bool oneOfEach = families.Length == 2 && families.Contains(AddressFamily.InterNetwork) && families.Contains(AddressFamily.InterNetworkV6);
            if (!oneOfEach)
            {
                throw new ConfigurationException($"Each listener must have a different port unless exactly one listener has an IPv4 address and the other IPv6 address, "
                    + $"{key}: {all}, port: {same.Key}");
            }
        }
    }
}
