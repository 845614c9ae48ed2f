using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>
/// Looks at a cluster and changes it: topics, configurations, groups, offsets, transactions, quorum, security. One is enough for a program; any thread may call it, at the same time too. Nothing is
/// connected before the first call; disposing closes its connections and ends what waits with <see cref="ObjectDisposedException"/>.
/// <para>An operation on many items returns a result for each of them (<see cref="AdminResult"/>), so that one failure hides no success; only what concerns the whole call throws. Methods for one
/// item throw its <see cref="KafkaException"/>. What may pass (a lost connection, a coordinator that loads, a controller that moves) is tried again until
/// <see cref="ClientOptions.DefaultApiTimeout"/> has passed; a cancelled token ends the call earlier with <see cref="OperationCanceledException"/>. What was asked may have been done in both cases.
/// An operation that the brokers are too old for fails with UNSUPPORTED_VERSION.</para>
/// </summary>
public sealed partial class AdminClient : IAsyncDisposable
{
    private readonly ClusterClient _cluster;
    private readonly AdminOptions _options;
    private readonly Backoff _backoff;

    /// <exception cref="ConfigurationException">The options name no server, or a malformed one.</exception>
    public AdminClient(AdminOptions options)
    {
        _options = options;
        _cluster = new ClusterClient(options);
        _backoff = new Backoff(options.RetryBackoff, options.RetryBackoffMax, options.Seams.Entropy);
    }

    /// <summary>The options that it was made with.</summary>
    public AdminOptions Options => _options;

    /// <summary>Why the cluster cannot be reached at present; null when it can, or when nobody tried. What a call that was cancelled had been waiting for.</summary>
    public KafkaException? ConnectionFailure => _cluster.RefreshFailure;

    /// <summary>Closes all connections.</summary>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
