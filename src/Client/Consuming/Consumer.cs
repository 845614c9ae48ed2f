using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// Reads records as bytes, as a member of a group or by partitions that the application assigns. One enumeration at a time (<see cref="ConsumeAsync"/>, <see cref="ConsumeBatchesAsync"/>);
/// all else may be called from any thread. Heartbeats, fetching ahead and commits go on by themselves while a handler works; they never run the application's code on their loops.
/// </summary>
public sealed partial class Consumer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ConsumerOptions _options;
    private readonly ClusterClient _cluster;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly long _startedAt;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<TopicPartition, PartitionState> _states = [];
    private readonly WakeSignal _wakesConsumer = new();
    private readonly ITimer _pumpTimer;
    private Task? _autoCommitLoop;
    private Exception? _failure;
    private bool _isClosed;

    /// <exception cref="ConfigurationException">The options cannot be: no bootstrap servers, a member name without a group, heartbeats as rare as the session is long.</exception>
    public Consumer(ConsumerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        _options = options;
        _cluster = new ClusterClient(options);
        _time = options.Seams.Time;
        _startedAt = _time.GetTimestamp();
        _log = options.Seams.Logging.CreateLogger<Consumer>();
        _backoff = new Backoff(options.RetryBackoff, options.RetryBackoffMax, options.Seams.Entropy);
        _pumpTimer = _time.CreateTimer(static state => ((Consumer)state!).PumpAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _cluster.ViewChanged += OnView;
    }

    /// <summary>The partitions that this consumer reads now.</summary>
    public IReadOnlyCollection<TopicPartition> Assignment
    {
        get
        {
            lock (_gate)
            {
                return [.. _states.Keys];
            }
        }
    }

    /// <summary>The partitions that are paused.</summary>
    public IReadOnlyCollection<TopicPartition> Paused
    {
        get
        {
            lock (_gate)
            {
                return [.. _states.Values.Where(state => state.IsPaused).Select(state => state.Partition)];
            }
        }
    }

    private long NowMs => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    /// <summary>
    /// Reads these partitions, without a group's doing; offsets of <see cref="ConsumerOptions.GroupId"/> are used where there are some. Replaces what was assigned before; partitions that stay go on
    /// where they are.
    /// </summary>
    /// <exception cref="InvalidOperationException">The consumer subscribes to topics.</exception>
    public void Assign(params IEnumerable<TopicPartition> partitions)
    {
        var wanted = partitions.ToHashSet();
        lock (_gate)
        {
            ThrowIfClosed();
            if (_membership is not null)
            {
                throw new InvalidOperationException("a consumer that subscribes gets its partitions from its group; call Unsubscribe before Assign");
            }

            foreach (var state in _states.Values.Where(state => !wanted.Contains(state.Partition)).ToList())
            {
                Remove(state);
            }

            foreach (var partition in wanted)
            {
                if (!_states.ContainsKey(partition))
                {
                    _states.Add(partition, new PartitionState(partition));
                }
            }

            StartAutoCommit();
            WatchWhatIsRead();
            _cluster.RequestRefresh();
            Pump();
        }
    }

    /// <summary>Goes on at an offset.</summary>
    /// <exception cref="InvalidOperationException">The partition is not assigned.</exception>
    public void Seek(TopicPartition partition, long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        lock (_gate)
        {
            StateOf(partition).Seek(offset, epoch: -1);
            DropVoid();
            Pump();
        }
    }

    /// <summary>Goes on at the first record of these partitions, or of all when none is named.</summary>
    public void SeekToBeginning(params IEnumerable<TopicPartition> partitions) => SeekBy(PartitionState.EarliestTimestamp, partitions);

    /// <summary>Goes on with what comes from now on, in these partitions or in all when none is named.</summary>
    public void SeekToEnd(params IEnumerable<TopicPartition> partitions) => SeekBy(PartitionState.LatestTimestamp, partitions);

    /// <summary>Hands out nothing of these partitions until they are resumed; what is fetched of them is kept.</summary>
    public void Pause(params IEnumerable<TopicPartition> partitions) => SetPaused(partitions, true);

    /// <summary>Goes on with partitions that were paused.</summary>
    public void Resume(params IEnumerable<TopicPartition> partitions) => SetPaused(partitions, false);

    /// <summary>The next offset that is handed out; null when it is not known yet.</summary>
    public long? Position(TopicPartition partition)
    {
        lock (_gate)
        {
            var state = StateOf(partition);
            return state.Position < 0 ? null : state.Position;
        }
    }

    /// <summary>How many records the application is behind the end of the partition, by what was fetched last; null when that is not known yet.</summary>
    public long? Lag(TopicPartition partition)
    {
        lock (_gate)
        {
            return StateOf(partition).Lag(_options.IsolationLevel);
        }
    }

    private static void Check(ConsumerOptions options)
    {
        if (options.GroupInstanceId is not null && options.GroupId is null)
        {
            throw new ConfigurationException($"group.instance.id is {options.GroupInstanceId} and group.id is not set: a static member needs a group");
        }

        if (options.GroupProtocol == GroupProtocol.Classic && options.HeartbeatInterval >= options.SessionTimeout)
        {
            throw new ConfigurationException(
                $"heartbeat.interval.ms is {options.HeartbeatInterval.TotalMilliseconds} and session.timeout.ms {options.SessionTimeout.TotalMilliseconds}: heartbeats must come more often, three times at best");
        }

        if (options.MaxPollRecords < 1 || options.MaxPartitionFetchBytes < 1 || options.PrefetchMaxBytes < 1)
        {
            throw new ConfigurationException("max.poll.records, max.partition.fetch.bytes and PrefetchMaxBytes must be at least 1");
        }
    }

    private void SeekBy(long timestampMs, IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            var named = partitions.Select(StateOf).ToList();
            foreach (var state in named.Count > 0 ? named : [.. _states.Values])
            {
                state.Reset(timestampMs);
            }

            DropVoid();
            Pump();
        }
    }

    private void SetPaused(IEnumerable<TopicPartition> partitions, bool isPaused)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                StateOf(partition).IsPaused = isPaused;
            }

            Pump();
        }

        _wakesConsumer.Set();
    }

    /// <summary>Pauses or resumes those of the partitions that are assigned now of which this is wanted. <paramref name="isWanted"/> is called under the consumer's gate.</summary>
    internal void SetPaused(bool isPaused, Predicate<TopicPartition> isWanted)
    {
        lock (_gate)
        {
            foreach (var state in _states.Values)
            {
                if (isWanted(state.Partition))
                {
                    state.IsPaused = isPaused;
                }
            }

            Pump();
        }

        _wakesConsumer.Set();
    }

    private PartitionState StateOf(TopicPartition partition) => _states.TryGetValue(partition, out var state)
        ? state
        : throw new InvalidOperationException($"{partition} is not assigned to this consumer");

    private void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, this);

    /// <summary>Takes a partition away, with all that is fetched of it. Under the gate.</summary>
    private void Remove(PartitionState state)
    {
        state.IsRevoked = true;
        _states.Remove(state.Partition);
        DropVoid();
    }

    /// <summary>What ends a loop that must not end comes out of the application's enumeration.</summary>
    private async Task WatchAsync(Task loop)
    {
        try
        {
            await loop.ConfigureAwait(false);
        }
        catch (Exception failure) when (!_closing.IsCancellationRequested)
        {
            LogFailure(_log, "the consumer cannot go on", failure.ToString());
            Fail(failure);
        }
        catch (ObjectDisposedException)
        {
            // The consumer was closed meanwhile.
        }
        catch (OperationCanceledException)
        {
            // Likewise.
        }
    }

    private void Fail(Exception failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
        }

        _wakesConsumer.Set();
    }

    [LoggerMessage(1, LogLevel.Warning, "{What}: {Failure}")]
    private static partial void LogFailure(ILogger log, string what, string failure);
}
