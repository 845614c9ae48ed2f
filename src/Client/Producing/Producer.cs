using System.Collections.Concurrent;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Sends records of raw bytes. Made with its options, it connects when it is first used; any thread may call it, and one producer for all threads batches best. Dispose it: that sends what
/// waits, for at most <see cref="ProducerOptions.DisposeTimeout"/>.
/// <para>
/// <see cref="SendAsync(in ProducerRecord, CancellationToken)"/> is awaited until the brokers have the record; <see cref="PostAsync(in ProducerRecord, CancellationToken)"/> only until there is room
/// for it, which is nearly always at once and then allocates nothing. How posted records ended is told to <see cref="ProducerOptions.OnDelivery"/>.
/// </para>
/// </summary>
public sealed partial class Producer : IAsyncDisposable
{
    private readonly ConcurrentQueue<Delivery> _idleDeliveries = new();
    private readonly RecordAccumulator _accumulator;
    private readonly ClusterClient _cluster;
    private readonly ProducerOptions _options;
    private readonly ProducerClock _clock;
    private readonly SenderSignal _signal;
    private readonly Sender _sender;
    private readonly TransactionManager? _transactions;
    private readonly Partitioner _partitioner;
    private readonly bool _isKeyHash;
    private readonly bool _isPlain;
    private TopicQueues? _lastTopic;
    private int _isDisposed;

    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    /// <exception cref="Configuration.ConfigurationException">The bootstrap servers are missing or malformed.</exception>
    public Producer(ProducerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _partitioner = options.Partitioner;
        _isKeyHash = _partitioner == Partitioner.KeyHash;
        _isPlain = options.Interceptors.Count == 0 && options.TransactionalId is null;
        _clock = new ProducerClock(options.Seams.Time);
        _signal = new SenderSignal(options.Seams.Time);
        _cluster = new ClusterClient(options);
        var compression = options.CompressionLevel is { } level ? RecordCompression.Of(options.Compression, level) : RecordCompression.Of(options.Compression);
        var settings = new AccumulatorSettings
        {
            BatchSizeBytes = Math.Max(1, options.BatchSizeBytes),
            LingerMs = (long)options.Linger.TotalMilliseconds,
            BufferMemoryBytes = Math.Max(options.BufferMemoryBytes, 2L * Math.Max(RecordBatchLayout.HeaderBytes + 1, options.BatchSizeBytes)),
            RequestSizeBytesMax = options.MaxRequestSizeBytes,
            DeliveryTimeoutMs = (long)options.DeliveryTimeout.TotalMilliseconds,
            RetryBackoffMs = (long)options.RetryBackoff.TotalMilliseconds,
            RetryBackoffMsMax = (long)options.RetryBackoffMax.TotalMilliseconds,
            Compression = compression,
            IsAdaptive = options.AdaptivePartitioning,
        };
        _accumulator = new RecordAccumulator(settings, _clock, options.Seams.Entropy, _signal.Set);
        var deliveries = new DeliveryDispatcher(options.OnDelivery, _accumulator, options.Seams.Logging);
        _sender = new Sender(_accumulator, _cluster, SenderSettingsOf(options), _clock, _signal, deliveries, options.Seams.Logging);
        if (options.TransactionalId is { } transactionalId)
        {
            var transactions = new TransactionSettings(options.TransactionTimeout, options.MaxBlock, options.RetryBackoff, options.RetryBackoffMax);
            _sender.Transactions = _transactions = new TransactionManager(transactionalId, transactions, _cluster, _accumulator, _sender);
        }

        _cluster.TopicUse = TopicUse;
        _sender.Start();
    }

    /// <summary>The options that it was made with.</summary>
    public ProducerOptions Options => _options;

    /// <summary>What it has done so far.</summary>
    public ProducerStatistics Statistics =>
        _sender.Counters.Snapshot(_accumulator.Epochs.BatchesCount, _accumulator.Memory.LimitBytes - _accumulator.Memory.AvailableBytes);

    /// <summary>The numbers of a topic's partitions. A topic that is not there may be made by the broker (<c>auto.create.topics.enable</c>).</summary>
    /// <exception cref="KafkaException">The topic cannot be had.</exception>
    public async ValueTask<IReadOnlyList<int>> PartitionsAsync(string topic, CancellationToken cancellationToken = default)
    {
        TopicView view = await _cluster.TopicAsync(topic, cancellationToken).ConfigureAwait(false);
        return [.. Enumerable.Range(0, view.Partitions.Length)];
    }

    /// <summary>
    /// Ends when all records that were given to the producer before are acknowledged or have failed, also those that wait for their topic or for memory. Batches go out at once, without lingering.
    /// </summary>
    public Task FlushAsync(CancellationToken cancellationToken = default)
    {
        Task lines = _accumulator.WaitForLinesAsync(cancellationToken);
        return lines.IsCompletedSuccessfully ? FlushBatchesAsync(cancellationToken) : FlushAfterAsync(lines, cancellationToken);
    }

    /// <summary>Sends what waits, for at most <see cref="ProducerOptions.DisposeTimeout"/>, and closes all connections. What could not be sent fails. An open transaction is left to the coordinator's time-out.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(_options.DisposeTimeout, _options.Seams.Time);
        try
        {
            await _accumulator.WaitForLinesAsync(timeout.Token).ConfigureAwait(false);
            _accumulator.Close();
            await FlushAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What is left fails when the sender stops.
            _accumulator.Close();
        }

        await _sender.StopAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        _sender.Dispose();
        _signal.Dispose();
    }

    /// <summary>Topics that nothing is sent to any more are not asked for: to ask may have the broker make a topic that was deleted.</summary>
    private IEnumerable<(string Topic, bool IsUsed)> TopicUse()
    {
        long sinceMs = _clock.NowMs - (long)_options.MetadataMaxIdle.TotalMilliseconds;
        foreach (TopicQueues topic in _accumulator.Topics)
        {
            yield return (topic.Name, topic.LastUsedMs > sinceMs || topic.Turns.IsBusy);
        }
    }

    private async Task FlushAfterAsync(Task lines, CancellationToken cancellationToken)
    {
        await lines.ConfigureAwait(false);
        await FlushBatchesAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task FlushBatchesAsync(CancellationToken cancellationToken)
    {
        Task flushed = _accumulator.Epochs.FlushAsync();
        _signal.Set();
        return flushed.WaitAsync(cancellationToken);
    }

    private static SenderSettings SenderSettingsOf(ProducerOptions options) => new()
    {
        Acks = options.Acks,
        IsIdempotent = options.EnableIdempotence,
        RequestsInFlightMax = options.MaxInFlight,
        Retries = options.Retries,
        RequestTimeoutMs = (int)options.RequestTimeout.TotalMilliseconds,
        AvailabilityTimeoutMs = (long)options.PartitionAvailabilityTimeout.TotalMilliseconds,
        TransactionalId = options.TransactionalId,
    };
}
