namespace Moldau.Client;

/// <summary>
/// What all clients share. Kafka's name of each property's key is in brackets; <c>FromProperties</c> of the derived records reads them. Immutable; safe from
/// any thread.
/// </summary>
public abstract record ClientOptions
{
    /// <summary>Where the cluster is found at first: <c>host:port</c>, several with commas between them (<c>bootstrap.servers</c>).</summary>
    public string BootstrapServers { get; init; } = "";

    /// <summary>A name that the brokers see in logs and quotas (<c>client.id</c>).</summary>
    public string ClientId { get; init; } = "";

    /// <summary>The rack of this client, which lets it read from a near replica (<c>client.rack</c>).</summary>
    public string ClientRack { get; init; } = "";

    /// <summary>How long one request may take before the connection is given up (<c>request.timeout.ms</c>; 30 s by default).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an operation may take with all its retries (<c>default.api.timeout.ms</c>; 60 s by default).</summary>
    public TimeSpan DefaultApiTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The first wait before something is tried again; it doubles, with a fifth of chance around it, up to <see cref="RetryBackoffMax"/>
    /// (<c>retry.backoff.ms</c>; 100 ms by default).
    /// </summary>
    public TimeSpan RetryBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait before something is tried again (<c>retry.backoff.max.ms</c>; 1 s by default).</summary>
    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The first wait before a broker is connected to again (<c>reconnect.backoff.ms</c>; 50 ms by default).</summary>
    public TimeSpan ReconnectBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest wait before a broker is connected to again (<c>reconnect.backoff.max.ms</c>; 1 s by default).</summary>
    public TimeSpan ReconnectBackoffMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long one attempt to connect may take, TLS and authentication included (<c>socket.connection.setup.timeout.ms</c>; 10 s by default).
    /// </summary>
    public TimeSpan ConnectionSetupTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that was not used for so long is closed (<c>connections.max.idle.ms</c>; 9 min by default).</summary>
    public TimeSpan ConnectionsMaxIdle { get; init; } = TimeSpan.FromMinutes(9);

    /// <summary>How old what is known of the cluster may become (<c>metadata.max.age.ms</c>; 5 min by default).</summary>
    public TimeSpan MetadataMaxAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether the bootstrap servers are asked again as soon as no known broker answers (<c>metadata.recovery.strategy</c>, KIP-899; true by default).
    /// </summary>
    public bool Rebootstraps { get; init; } = true;

    /// <summary>Encryption and authentication.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>Time, network and randomness.</summary>
    public ClientSeams Seams { get; init; } = new();

    /// <summary>Whether a topic that is asked for may be made by the broker. Only a consumer can forbid it (<c>allow.auto.create.topics</c>).</summary>
    internal virtual bool AllowsAutoTopicCreation => true;

    /// <summary>Whether the servers to begin with are controllers, which serve no Metadata (KIP-919).</summary>
    internal virtual bool UsesControllers => false;

    /// <summary>The servers to begin with, and the key that names them.</summary>
    internal virtual (string Key, string Servers) Bootstrap => ("bootstrap.servers", BootstrapServers);
}
