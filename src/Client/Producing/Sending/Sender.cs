using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// Takes batches out of the accumulator and has them written: one loop that never waits for a broker, only for its signal. It alone decides about sequences, retries and expiry;
/// responses and connections come back to it through a queue. Started once; <see cref="StopAsync"/> ends it.
/// </summary>
internal sealed partial class Sender : IDisposable
{
    private readonly List<PartitionQueue> _active = [];
    private readonly List<ProduceExchange> _exchanges = [];
    private readonly ConcurrentQueue<ProduceExchange> _finished = new();
    private readonly Stack<ProduceExchange> _idleExchanges = new();
    private readonly Dictionary<int, NodeState> _nodes = [];
    private readonly List<ProducerBatch> _expired = [];
    private readonly RecordAccumulator _accumulator;
    private readonly ClusterClient _cluster;
    private readonly SenderSettings _settings;
    private readonly ProducerClock _clock;
    private readonly SenderSignal _signal;
    private readonly DeliveryDispatcher _deliveries;
    private readonly ILogger _log;
    private Task _loop = Task.CompletedTask;
    private long _viewNumber = -1;
    private long _order;
    private long _nextExpiryMs;
    private long _nextRefreshMs;
    private volatile bool _isStopping;

    public Sender(
        RecordAccumulator accumulator, ClusterClient cluster, SenderSettings settings, ProducerClock clock, SenderSignal signal, DeliveryDispatcher deliveries, ILoggerFactory logging)
    {
        _accumulator = accumulator;
        _cluster = cluster;
        _settings = settings;
        _clock = clock;
        _signal = signal;
        _deliveries = deliveries;
        _log = logging.CreateLogger<Sender>();
        Idempotence = new IdempotentState(settings.TransactionalId is not null);
        cluster.ViewChanged += OnViewChanged;
    }

    /// <summary>Sequences and epoch; the loop's alone, but for a transaction's end, when nothing is in flight.</summary>
    public IdempotentState Idempotence { get; }

    /// <summary>Counts of what was sent and what became of it.</summary>
    public ProducerCounters Counters { get; } = new();

    public void Start() => _loop = RunAsync();

    /// <summary>There may be something to do. Any thread.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Wakes the loop when something has ended. What ends cannot do it itself: the loop looks whether it has, may look before it has quite, and nobody would wake it again. Any thread.</summary>
    public void WakeAfter(Task task) => _ = WakeAfterAsync(task);

    /// <summary>Ends the loop. What has not been sent then is failed.</summary>
    public async Task StopAsync()
    {
        _isStopping = true;
        _signal.Set();
        await _loop.ConfigureAwait(false);
    }

    public void Dispose() => _cluster.ViewChanged -= OnViewChanged;

    private async Task WakeAfterAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _signal.Set();
    }

    private void OnViewChanged(ClusterView view) => _signal.Set();

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (!_isStopping)
            {
                long waitMs = RunOnce(_clock.NowMs);
                if (waitMs > 0)
                {
                    await _signal.WaitAsync(waitMs).ConfigureAwait(false);
                }
            }
        }
        catch (Exception defect)
        {
            // A defect of this library must not leave its callers waiting for ever; it comes out of disposing.
            LogDefect(_log, defect);
            _accumulator.Close();
            FailEverything(new KafkaException(ErrorCode.UnknownServerError, $"the producer has failed, which is a defect: {defect.Message}", defect));
            throw;
        }

        RunPosted();
        TakeFinished(_clock.NowMs);
        FailEverything(new KafkaException(ErrorCode.NetworkException, "the producer was disposed before the record was sent"));
    }

    /// <summary>One round; returns how long nothing is to do, in ms, unless the signal is set.</summary>
    private long RunOnce(long nowMs)
    {
        TakeFinished(nowMs);
        _accumulator.TakeListed(_active);
        long identityMs = RunTransaction() ? EnsureIdentity(nowMs) : RecordAccumulator.NothingWaits;
        UpdateLeaders();
        UpdateLoad(nowMs);
        long waitMs = Math.Min(FindReady(nowMs), identityMs);
        foreach (NodeState node in _nodes.Values)
        {
            SendReady(node, nowMs);
        }

        waitMs = Math.Min(waitMs, Expire(nowMs) - nowMs);
        return Math.Max(0, Math.Min(waitMs, _accumulator.Memory.ExpireWaiters(nowMs) - nowMs));
    }

    /// <summary>Sorts the queues by the broker that leads them, and drops those that are empty.</summary>
    private long FindReady(long nowMs)
    {
        bool isHurried = _accumulator.IsHurried;
        long waitMs = RecordAccumulator.NothingWaits;
        bool lacksLeader = false;
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            PartitionQueue queue = _active[i];
            long queueMs = _accumulator.WaitMs(queue, nowMs, isHurried);
            if (queueMs == RecordAccumulator.NothingWaits)
            {
                _active[i] = _active[^1];
                _active.RemoveAt(_active.Count - 1);
            }
            else if (queue.LeaderId < 0)
            {
                lacksLeader = true;
            }
            else if (queueMs > 0)
            {
                waitMs = Math.Min(waitMs, queueMs);
            }
            else if (_settings.RequestsInFlightMax > 1 || queue.RequestsInFlight == 0)
            {
                Node(queue.LeaderId).Ready.Add(queue);
            }
        }

        if (lacksLeader)
        {
            waitMs = Math.Min(waitMs, RefreshSoon(nowMs));
        }

        return waitMs;
    }

    /// <summary>Asks for a new view of the cluster, not more often than <c>retry.backoff.ms</c>; returns when it may be asked again, in ms from now.</summary>
    private long RefreshSoon(long nowMs)
    {
        if (nowMs >= _nextRefreshMs)
        {
            _nextRefreshMs = nowMs + Math.Max(1, _accumulator.Settings.RetryBackoffMs);
            _cluster.RequestRefresh();
        }

        return _nextRefreshMs - nowMs;
    }

    private NodeState Node(int id)
    {
        if (!_nodes.TryGetValue(id, out NodeState? node))
        {
            _nodes.Add(id, node = new NodeState(id));
        }

        return node;
    }

    /// <summary>Gives up batches that are older than <c>delivery.timeout.ms</c>; returns when to look again.</summary>
    private long Expire(long nowMs)
    {
        if (nowMs < _nextExpiryMs)
        {
            return _nextExpiryMs;
        }

        long nextMs = ExpireSuspects(nowMs);
        foreach (PartitionQueue queue in _active)
        {
            nextMs = Math.Min(nextMs, _accumulator.TakeExpired(queue, nowMs, _expired));
        }

        foreach (ProduceExchange exchange in _exchanges)
        {
            foreach (ProducerBatch batch in exchange.Batches)
            {
                long dueMs = batch.CreatedMs + _accumulator.Settings.DeliveryTimeoutMs;
                if (!batch.IsDone && dueMs <= nowMs)
                {
                    _expired.Add(batch);
                }
                else if (!batch.IsDone)
                {
                    nextMs = Math.Min(nextMs, dueMs);
                }
            }
        }

        foreach (ProducerBatch batch in _expired)
        {
            GiveUp(batch, nowMs);
        }

        _expired.Clear();
        _nextExpiryMs = nextMs;
        return _active.Count == 0 && _exchanges.Count == 0 && _suspected.Count == 0 ? RecordAccumulator.NothingWaits : nextMs;
    }

    private void GiveUp(ProducerBatch batch, long nowMs)
    {
        string where = batch.IsInFlight ? "was sent and not answered" : batch.Attempts > 0 ? $"failed {batch.Attempts} times" : "was never sent";
        var failure = new KafkaException(
            ErrorCode.RequestTimedOut,
            $"a batch of {batch.RecordsCount} records for {batch.Queue} {where} within {nowMs - batch.CreatedMs} ms (delivery.timeout.ms is {_accumulator.Settings.DeliveryTimeoutMs})");
        if (_settings.IsIdempotent)
        {
            Idempotence.Expired(batch);
        }

        ReturnSuspects(batch.Queue, nowMs);
        FailTransaction(failure);
        Finish(batch, DeliveryOutcome.Failed(failure));
    }

    [LoggerMessage(5, LogLevel.Critical, "the producer has failed, which is a defect")]
    private static partial void LogDefect(ILogger log, Exception defect);
}
