namespace Moldau.Configuration;

/// <summary>A listener: its name in capitals, where it listens or is reached, and how it is secured.</summary>
/// <param name="Name">The name in capitals.</param>
/// <param name="Host">Host name or address without brackets; null means every address of the machine.</param>
/// <param name="Port">0 means that the system chooses a free port.</param>
/// <param name="SecurityProtocol">From listener.security.protocol.map.</param>
public sealed record ListenerEndpoint(string Name, string? Host, int Port, SecurityProtocol SecurityProtocol)
{
    /// <summary>As in the listeners key: NAME://host:port, with brackets about an IPv6 address.</summary>
    public override string ToString() => $"{Name}://{(Host is { } host && host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : Host)}:{Port}";
}
