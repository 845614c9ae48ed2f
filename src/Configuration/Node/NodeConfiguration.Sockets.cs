using System.Globalization;

namespace Moldau.Configuration;

/// <summary>Limits of connections and requests.</summary>
public sealed partial class NodeConfiguration
{
    /// <summary>
    /// -1 leaves the buffer's size to the system, which gives each connection what it carries. So it is where the key is not set: Apache Kafka's default, of which clients are told all the same,
    /// holds a tenth of a large batch.
    /// </summary>
    public int SocketSendBufferBytes { get; private set; }

    /// <summary>As <see cref="SocketSendBufferBytes"/>.</summary>
    public int SocketReceiveBufferBytes { get; private set; }

    public int SocketRequestMaxBytes { get; private set; }

    public int SocketListenBacklogSize { get; private set; }

    public int MaxConnections { get; private set; }

    public int MaxConnectionsPerIp { get; private set; }

    /// <summary>Host names or addresses with limits of their own.</summary>
    public IReadOnlyDictionary<string, int> MaxConnectionsPerIpOverrides { get; private set; } = new Dictionary<string, int>();

    /// <summary>Connections per second.</summary>
    public int MaxConnectionCreationRate { get; private set; }

    /// <summary>Below zero: never closed.</summary>
    public long ConnectionsMaxIdleMs { get; private set; }

    public int QueuedMaxRequests { get; private set; }

    /// <summary>Zero or less: no limit.</summary>
    public long QueuedMaxRequestBytes { get; private set; }

    public int NumNetworkThreads { get; private set; }

    public int NumIoThreads { get; private set; }

    /// <summary>The largest frame before authentication is complete.</summary>
    public int SaslServerMaxReceiveBytes { get; private set; }

    public int FetchMaxBytes { get; private set; }

    public int MaxIncrementalFetchSessionCacheSlots { get; private set; }

    /// <summary>The most partitions in one DescribeTopicPartitions response.</summary>
    public int MaxRequestPartitionSizeLimit { get; private set; }

    private void ReadSockets()
    {
        SocketSendBufferBytes = BufferBytes("socket.send.buffer.bytes");
        SocketReceiveBufferBytes = BufferBytes("socket.receive.buffer.bytes");
        SocketRequestMaxBytes = Int("socket.request.max.bytes");
        SocketListenBacklogSize = Int("socket.listen.backlog.size");
        MaxConnections = Int("max.connections");
        MaxConnectionsPerIp = Int("max.connections.per.ip");
        MaxConnectionsPerIpOverrides = ReadPerIpOverrides();
        MaxConnectionCreationRate = Int("max.connection.creation.rate");
        ConnectionsMaxIdleMs = Long("connections.max.idle.ms");
        QueuedMaxRequests = Int("queued.max.requests");
        QueuedMaxRequestBytes = Long("queued.max.request.bytes");
        NumNetworkThreads = Int("num.network.threads");
        NumIoThreads = Int("num.io.threads");
        SaslServerMaxReceiveBytes = Int("sasl.server.max.receive.size");
        FetchMaxBytes = Int("fetch.max.bytes");
        MaxIncrementalFetchSessionCacheSlots = Int("max.incremental.fetch.session.cache.slots");
        MaxRequestPartitionSizeLimit = Int("max.request.partition.size.limit");
    }

    /// <summary>The value of <c>listener.name.X.KEY</c> for the listener X, an int; null when there is none.</summary>
    public int? ListenerInt(string listener, string key) =>
        EffectiveProperties.TryGetValue($"listener.name.{listener.ToLowerInvariant()}.{key}", out string? text) ? (int?)Parse(ConfigTables.Broker[key], text) : null;

    private int BufferBytes(string key) => EffectiveProperties.ContainsKey(key) ? Int(key) : -1;

    private Dictionary<string, int> ReadPerIpOverrides()
    {
        const string Key = "max.connections.per.ip.overrides";
        var overrides = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string host, string limit) in ListenerParser.Map(Text(Key), Key))
        {
            overrides[host] = int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? count
                : throw new ConfigurationException($"Error parsing configuration property '{Key}': the limit of {host} must be a number of connections, not \"{limit}\"");
        }

        return overrides;
    }
}
