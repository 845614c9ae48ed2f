using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Runtime;

namespace Moldau.Embedded;

/// <summary>
/// What a <see cref="MoldauNode"/> starts with. Filled in by the function given to <see cref="MoldauNode"/>, and read once when that has returned. What is typed here has a key of
/// Apache Kafka's as well; <see cref="Override"/> takes every other one.
/// </summary>
public class MoldauNodeOptions
{
    private readonly Dictionary<string, string> _overrides = new(StringComparer.Ordinal);

    /// <summary>
    /// Where the data lies, in Apache Kafka's format; made and formatted when it is new. Null, the default, keeps everything in memory: it is gone with the <see cref="MoldauNode"/> object, and is
    /// there as long as that is only stopped, killed and started again.
    /// </summary>
    public string? Directory { get; set; }

    /// <summary>
    /// Whether clients of any kind reach the node by TCP; true by default. False opens no socket at all: only those reach it who are given <see cref="MoldauNode.Network"/>.
    /// </summary>
    public bool UsesSockets { get; set; } = true;

    /// <summary>The address that is listened on and that clients are told; loopback by default.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port for clients; 0, the default, takes a free one and keeps it over restarts. <see cref="MoldauNode.BootstrapServers"/> tells which.</summary>
    public int Port { get; set; }

    /// <summary><c>node.id</c>; 1 by default.</summary>
    public int NodeId { get; set; } = 1;

    /// <summary>The id that a new directory, or a new node in memory, is formatted with: 22 characters of URL-safe base64. Null, the default, makes one.</summary>
    public string? ClusterId { get; set; }

    /// <summary><c>auto.create.topics.enable</c>; true by default.</summary>
    public bool AutoCreatesTopics { get; set; } = true;

    /// <summary><c>num.partitions</c>, of topics that are made without a number of partitions; 1 by default.</summary>
    public int DefaultPartitions { get; set; } = 1;

    /// <summary>What the node logs goes here; nowhere by default. It is not disposed with the node.</summary>
    public ILoggerFactory Logging { get; set; } = NullLoggerFactory.Instance;

    /// <summary>What the node stands on. For tests that want other clocks or damaged disks; see Moldau.Testing.</summary>
    public MoldauNodeSeams Seams { get; } = new();

    /// <summary>The keys given with <see cref="Override"/>.</summary>
    public IReadOnlyDictionary<string, string> Overrides => _overrides;

    /// <summary>
    /// Sets a key of the node's configuration by Apache Kafka's name (docs/configuration.md), over everything else here. <see cref="MoldauNode"/> throws
    /// <see cref="Moldau.Configuration.ConfigurationException"/> where the key is not known or the value is not one for it.
    /// </summary>
    /// <returns>This object, so that calls can follow one another.</returns>
    public MoldauNodeOptions Override(string key, string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        ArgumentNullException.ThrowIfNull(value);
        _overrides[key] = value;
        return this;
    }
}
