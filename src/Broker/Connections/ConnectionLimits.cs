using System.Net;
using Moldau.Configuration;

namespace Moldau.Broker;

/// <summary>The limits on connections and their memory; Kafka's keys and defaults where it has them. May be replaced as a whole while the node runs.</summary>
public sealed record ConnectionLimits
{
    /// <summary><c>socket.request.max.bytes</c>: the largest frame.</summary>
    public int RequestBytesMax { get; init; } = 104_857_600;

    /// <summary>The largest frame of a connection that has not authenticated yet where the listener demands it.</summary>
    public int UnauthenticatedRequestBytesMax { get; init; } = 524_288;

    /// <summary><c>queued.max.request.bytes</c>: bytes of requests that the node holds at a time; connections over it are not read. 0 and less is no limit.</summary>
    public long QueuedRequestBytesMax { get; init; } = -1;

    /// <summary>Bytes of answers that wait in memory for one slow connection before it is read no further.</summary>
    public long QueuedResponseBytesPerConnectionMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of answers that wait in memory on the node before connections with waiting answers are read no further.</summary>
    public long QueuedResponseBytesMax { get; init; } = 256 * 1024 * 1024;

    /// <summary>Requests of one connection that are read but not yet answered.</summary>
    public int InFlightRequestsMax { get; init; } = 128;

    /// <summary><c>max.connections</c>: at the limit the node accepts no more until one goes.</summary>
    public int ConnectionsMax { get; init; } = int.MaxValue;

    /// <summary><c>listener.name.X.max.connections</c>, by the listener's name in capitals.</summary>
    public IReadOnlyDictionary<string, int> ConnectionsPerListenerMax { get; init; } = new Dictionary<string, int>();

    /// <summary><c>listener.name.X.max.connection.creation.rate</c>, by the listener's name in capitals: connections accepted in a second.</summary>
    public IReadOnlyDictionary<string, int> ConnectionCreationRatePerListenerMax { get; init; } = new Dictionary<string, int>();

    /// <summary><c>max.connections.per.ip</c>: what an address has beyond it is closed.</summary>
    public int ConnectionsPerAddressMax { get; init; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip.overrides</c>, resolved.</summary>
    public IReadOnlyDictionary<IPAddress, int> ConnectionsPerAddressOverrides { get; init; } = new Dictionary<IPAddress, int>();

    /// <summary><c>max.connection.creation.rate</c>: connections accepted in a second, on the node.</summary>
    public int ConnectionCreationRateMax { get; init; } = int.MaxValue;

    /// <summary><c>connections.max.idle.ms</c>; less than 0 is never.</summary>
    public long IdleMsMax { get; init; } = 600_000;

    /// <summary>How long the rest of a frame may take once its first byte is there; a large frame has more, see <see cref="FrameBytesPerSecondMin"/>.</summary>
    public long FrameMsMax { get; init; } = 30_000;

    /// <summary>The slowest peer that is waited for: a frame has <see cref="FrameMsMax"/> and a second for each so many bytes.</summary>
    public int FrameBytesPerSecondMin { get; init; } = 64 * 1024;

    /// <summary>The configured limits.</summary>
    /// <param name="configuration">The node's configuration.</param>
    /// <param name="memoryBytes">The memory of the process: where queued.max.request.bytes sets no limit, a quarter of it is one.</param>
    /// <param name="resolve">Finds the addresses of a host name in max.connections.per.ip.overrides.</param>
    public static ConnectionLimits Of(NodeConfiguration configuration, long memoryBytes, Func<string, IPAddress[]> resolve)
    {
        var overrides = new Dictionary<IPAddress, int>();
        foreach ((string host, int limit) in configuration.MaxConnectionsPerIpOverrides)
        {
            foreach (IPAddress address in IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : resolve(host))
            {
                overrides[address] = limit;
            }
        }

        return new ConnectionLimits
        {
            RequestBytesMax = configuration.SocketRequestMaxBytes,
            UnauthenticatedRequestBytesMax = configuration.SaslServerMaxReceiveBytes,
            QueuedRequestBytesMax = configuration.QueuedMaxRequestBytes > 0
                ? configuration.QueuedMaxRequestBytes
                : Math.Max(memoryBytes / 4, configuration.SocketRequestMaxBytes * 4L),
            ConnectionsMax = configuration.MaxConnections,
            ConnectionsPerListenerMax = PerListener(configuration, "max.connections"),
            ConnectionCreationRatePerListenerMax = PerListener(configuration, "max.connection.creation.rate"),
            ConnectionsPerAddressMax = configuration.MaxConnectionsPerIp,
            ConnectionsPerAddressOverrides = overrides,
            ConnectionCreationRateMax = configuration.MaxConnectionCreationRate,
            IdleMsMax = configuration.ConnectionsMaxIdleMs,
        };
    }

    /// <summary>Connections allowed on a listener.</summary>
    public int ConnectionsMaxOn(string listener) => ConnectionsPerListenerMax.GetValueOrDefault(listener, int.MaxValue);

    /// <summary>Connections in a second allowed on a listener.</summary>
    public int ConnectionCreationRateMaxOn(string listener) => ConnectionCreationRatePerListenerMax.GetValueOrDefault(listener, int.MaxValue);

    /// <summary>Connections allowed from <paramref name="address"/>.</summary>
    public int ConnectionsMaxFor(IPAddress address) => ConnectionsPerAddressOverrides.GetValueOrDefault(address, ConnectionsPerAddressMax);

    private static Dictionary<string, int> PerListener(NodeConfiguration configuration, string key)
    {
        var limits = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (ListenerEndpoint listener in configuration.Listeners)
        {
            if (configuration.ListenerInt(listener.Name, key) is { } limit)
            {
                limits[listener.Name] = limit;
            }
        }

        return limits;
    }
}
