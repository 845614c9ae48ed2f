using System.Runtime.CompilerServices;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// Fetching ahead: one request under way for each broker, and the next one on its way while the records of the last are checked and decompressed, so long as there is room
/// (<see cref="ConsumerOptions.PrefetchMaxBytes"/>).
/// </summary>
public sealed partial class Consumer
{
    /// <summary>The last version that names topics by their names.</summary>
    private const short FetchByNameVersion = 12;

    /// <summary>A partition is fetched ahead up to so many answers.</summary>
    private const int AnswersAhead = 4;

    private readonly Dictionary<int, NodeFetcher> _fetchers = [];
    private readonly FetchPool _pool = new();
    private long _bufferedBytes;
    private long _pumpAtMs = long.MaxValue;

    private void PumpAgain()
    {
        lock (_gate)
        {
            _pumpAtMs = long.MaxValue;
            Pump();
        }
    }

    /// <summary>Starts what can be started: looking for positions, and fetches from brokers that none is under way to. Under the gate.</summary>
    private void Pump()
    {
        if (_isClosed)
        {
            return;
        }

        var now = NowMs;
        var needsPositions = false;
        foreach (var state in _states.Values)
        {
            needsPositions |= NeedsPosition(state, now);
            if (!IsFetchable(state, now) || NodeFor(state, now) is not { } node)
            {
                continue;
            }

            if (!_fetchers.TryGetValue(node, out var fetcher))
            {
                _fetchers.Add(node, fetcher = new NodeFetcher(node));
            }

            if (!fetcher.IsBusy)
            {
                if (fetcher.RetryAtMs > now)
                {
                    PumpAt(fetcher.RetryAtMs);
                    continue;
                }

                Start(fetcher);
            }
        }

        if (needsPositions && !_isFindingPositions)
        {
            _isFindingPositions = true;
            _ = WatchAsync(FindPositionsAsync());
        }
    }

    private void Start(NodeFetcher fetcher)
    {
        fetcher.IsBusy = true;
        if (fetcher.HasLoop)
        {
            fetcher.Wakes.Set();
            return;
        }

        fetcher.HasLoop = true;
        _ = WatchAsync(RunFetcherAsync(fetcher));
    }

    private void PumpAt(long atMs)
    {
        if (atMs < _pumpAtMs)
        {
            _pumpAtMs = atMs;
            _pumpTimer.Change(TimeSpan.FromMilliseconds(Math.Max(1, atMs - NowMs)), Timeout.InfiniteTimeSpan);
        }
    }

    private bool IsFetchable(PartitionState state, long now)
    {
        if (state.Phase != PartitionPhase.Fetching || state.IsPaused || state.IsHeld || state.IsRevoked)
        {
            return false;
        }

        if (state.RetryAtMs > now)
        {
            PumpAt(state.RetryAtMs);
            return false;
        }

        return state.BufferedBytes < (long)AnswersAhead * _options.MaxPartitionFetchBytes && (_bufferedBytes < _options.PrefetchMaxBytes || (state.BufferedBytes == 0 && IsStarving()));
    }

    /// <summary>Whether there is nothing to hand out: what is buffered then is of paused partitions, and must not keep others from being read.</summary>
    private bool IsStarving()
    {
        foreach (var chunk in _ready)
        {
            if (!chunk.State.IsPaused && !chunk.State.IsHeld)
            {
                return false;
            }
        }

        return !_hasChunk;
    }

    /// <summary>The broker to fetch from: a near replica when the leader named one, else the leader; null when none is known now.</summary>
    private int? NodeFor(PartitionState state, long now)
    {
        var view = _cluster.View;
        if (state.PreferredReplica >= 0)
        {
            if (state.PreferredReplicaUntilMs > now && view.Brokers.ContainsKey(state.PreferredReplica))
            {
                return state.PreferredReplica;
            }

            state.PreferredReplica = -1;
        }

        if (view.Find(state.Topic, state.Index) is { Leader: >= 0 } partition && view.Brokers.ContainsKey(partition.Leader))
        {
            if (state.LeaderEpoch >= 0 && state.FetchEpoch >= 0 && partition.LeaderEpoch > state.LeaderEpoch)
            {
                // Seen before the view's change was told: the new leader is asked first whether it has all.
                state.Phase = PartitionPhase.NeedsValidation;
                PumpAt(now + 1);
                return null;
            }

            state.LeaderEpoch = partition.LeaderEpoch;
            return partition.Leader;
        }

        LookAgain(state, now);
        return null;
    }

    /// <summary>Looks for a leader again, unless the topic cannot be read whatever one does.</summary>
    private void LookAgain(PartitionState state, long now)
    {
        if (_cluster.View.TopicErrors.GetValueOrDefault(state.Topic) is ErrorCode.TopicAuthorizationFailed or ErrorCode.InvalidTopicException)
        {
            state.Failure = KafkaException.Of(_cluster.View.TopicErrors[state.Topic], $"reading {state.Partition}");
            state.Phase = PartitionPhase.NeedsSeek;
            _wakesConsumer.Set();
            return;
        }

        _cluster.RequestRefresh();
        state.RetryAtMs = now + (long)_options.RetryBackoffMax.TotalMilliseconds;
        PumpAt(state.RetryAtMs);
    }

    /// <summary>The loop of one broker: what has come is made ready while the next request is under way.</summary>
    private async Task RunFetcherAsync(NodeFetcher fetcher)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                try
                {
                    var isUnderWay = await ConnectAndSendAsync(fetcher).ConfigureAwait(false);
                    while (isUnderWay)
                    {
                        await fetcher.Exchange.ResponseAsync().ConfigureAwait(false);
                        Accept(fetcher);
                        isUnderWay = await SendAsync(fetcher, isLast: false).ConfigureAwait(false);
                        Deliver(fetcher);
                        isUnderWay = isUnderWay || await ConnectAndSendAsync(fetcher).ConfigureAwait(false);
                    }
                }
                catch (KafkaException failure)
                {
                    // The connections are closed when the consumer is.
                    _closing.Token.ThrowIfCancellationRequested();
                    Deliver(fetcher);
                    HandleFetchFailure(fetcher, failure);
                }

                await fetcher.Wakes.WaitAsync(_closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The consumer is closed.
            Deliver(fetcher);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ConnectAndSendAsync(NodeFetcher fetcher)
    {
        fetcher.Connection = await _cluster.ConnectAsync(fetcher.NodeId, ConnectionPurpose.Fetch, _closing.Token).ConfigureAwait(false);
        return await SendAsync(fetcher, isLast: true).ConfigureAwait(false);
    }

    /// <summary>Sends the next request; false when there is nothing to ask for, and with <paramref name="isLast"/> the loop then sleeps.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAsync(NodeFetcher fetcher, bool isLast)
    {
        var connection = fetcher.Connection!;
        if (!isLast && (!connection.IsOpen || connection.RetiresAt <= _time.GetTimestamp()))
        {
            // What has come is handed out before another connection is waited for.
            return false;
        }

        if (!Write(fetcher, connection, isLast, out var version))
        {
            return false;
        }

        await connection.ExchangeAsync(ApiKey.Fetch, version, fetcher.Exchange.Body, _options.RequestTimeout, fetcher.Exchange).ConfigureAwait(false);
        return true;
    }

    private bool Write(NodeFetcher fetcher, BrokerConnection connection, bool isLast, out short version)
    {
        lock (_gate)
        {
            version = 0;
            if (!Build(fetcher, out var hasIds))
            {
                if (isLast)
                {
                    // What is not this broker's any more may be another's, which nobody asks yet.
                    fetcher.IsBusy = false;
                    Pump();
                }

                return false;
            }

            version = connection.Versions.Version(ApiKey.Fetch, highest: hasIds ? short.MaxValue : FetchByNameVersion);
            var request = fetcher.Request;
            request.MaxWaitMs = (int)_options.FetchMaxWait.TotalMilliseconds;
            request.MinBytes = _options.FetchMinBytes;
            request.MaxBytes = _options.FetchMaxBytes;
            request.IsolationLevel = (sbyte)_options.IsolationLevel;
            request.RackId = version >= 11 ? _options.ClientRack : "";
            fetcher.Session.Build(request, fetcher.Wanted);
            var writer = new MessageWriter();
            try
            {
                request.Write(ref writer, version);
                var body = writer.Detach(out var length);
                fetcher.Expect(body, length, _pool.RentAnswer());
                return true;
            }
            finally
            {
                writer.Dispose();
                fetcher.Session.Clear(request);
            }
        }
    }

    private bool Build(NodeFetcher fetcher, out bool hasIds)
    {
        fetcher.Wanted.Clear();
        fetcher.Round++;
        hasIds = true;
        var now = NowMs;
        if (_isClosed || fetcher.RetryAtMs > now)
        {
            return false;
        }

        var view = _cluster.View;
        foreach (var state in _states.Values)
        {
            if (!IsFetchable(state, now) || NodeFor(state, now) != fetcher.NodeId)
            {
                continue;
            }

            var id = view.Topics.TryGetValue(state.Topic, out var topic) ? topic.Id : Uuid.Zero;
            hasIds &= !id.IsZero;
            state.TopicId = state.TopicId.IsZero ? id : state.TopicId;
            (state.AskedBy, state.AskedRound, state.AskedIncarnation) = (fetcher, fetcher.Round, state.Incarnation);
            fetcher.Wanted.Add((state.Partition, new FetchTarget(id, state.FetchOffset, state.LeaderEpoch, _options.MaxPartitionFetchBytes)));
        }

        return fetcher.Wanted.Count > 0;
    }
}
