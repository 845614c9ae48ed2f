using System.Buffers;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

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
    private long _bufferedBytes;
    private long _pumpAtMs = long.MaxValue;

    /// <summary>One partition's part of an answer, on its way to be handed out.</summary>
    private readonly record struct Fetched(FetchedChunk Chunk, ReadOnlyMemory<byte> Records, long FromOffset, List<FetchResponse.AbortedTransaction>? Aborted);

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

                fetcher.IsBusy = true;
                _ = WatchAsync(RunFetcherAsync(fetcher));
            }
        }

        if (needsPositions && !_isFindingPositions)
        {
            _isFindingPositions = true;
            _ = WatchAsync(FindPositionsAsync());
        }
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
        if (state.Phase != PartitionPhase.Fetching || state.IsPaused || state.IsHeld || state.IsRevoked || state.IsFetching)
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

    private async Task RunFetcherAsync(NodeFetcher fetcher)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var work = new List<Fetched>();
        try
        {
            var connection = await _cluster.ConnectAsync(fetcher.NodeId, ConnectionPurpose.Fetch, _closing.Token).ConfigureAwait(false);
            var sent = Send(fetcher, connection, isLast: true);
            while (sent is not null)
            {
                Accept(fetcher, await sent.ConfigureAwait(false), work);
                sent = Send(fetcher, connection, isLast: false);
                Deliver(work);
                sent ??= Send(fetcher, connection, isLast: true);
            }
        }
        catch (KafkaException failure)
        {
            Deliver(work);
            HandleFetchFailure(fetcher, failure);
        }
        catch (OperationCanceledException)
        {
            // The consumer is closed.
            Deliver(work);
        }
    }

    /// <summary>Sends the next request; null when there is nothing to ask for, and with <paramref name="isLast"/> the loop then ends.</summary>
    private Task<ResponseLease>? Send(NodeFetcher fetcher, BrokerConnection connection, bool isLast)
    {
        byte[] body;
        int length;
        short version;
        lock (_gate)
        {
            if (!Build(fetcher, out var hasIds))
            {
                if (isLast)
                {
                    // What is not this broker's any more may be another's, which nobody asks yet.
                    fetcher.IsBusy = false;
                    Pump();
                }

                return null;
            }

            version = connection.Versions.Version(ApiKey.Fetch, highest: hasIds ? short.MaxValue : FetchByNameVersion);
            var request = new FetchRequest
            {
                MaxWaitMs = (int)_options.FetchMaxWait.TotalMilliseconds,
                MinBytes = _options.FetchMinBytes,
                MaxBytes = _options.FetchMaxBytes,
                IsolationLevel = (sbyte)_options.IsolationLevel,
                RackId = version >= 11 ? _options.ClientRack : "",
            };
            fetcher.Session.Build(request, fetcher.Wanted);
            var writer = new MessageWriter();
            try
            {
                request.Write(ref writer, version);
                body = writer.Detach(out length);
            }
            finally
            {
                writer.Dispose();
            }
        }

        return ExchangeAsync(connection, version, body, length);
    }

    private async Task<ResponseLease> ExchangeAsync(BrokerConnection connection, short version, byte[] body, int length)
    {
        try
        {
            return await connection.ExchangeAsync(ApiKey.Fetch, version, body.AsMemory(0, length), _options.RequestTimeout, _closing.Token).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    private bool Build(NodeFetcher fetcher, out bool hasIds)
    {
        fetcher.Wanted.Clear();
        fetcher.Asked.Clear();
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
            fetcher.Wanted.Add(state.Partition, new FetchTarget(id, state.FetchOffset, state.LeaderEpoch, _options.MaxPartitionFetchBytes));
            fetcher.Asked.Add(state.Partition, (state, state.Incarnation));
        }

        return fetcher.Wanted.Count > 0;
    }

    /// <summary>Takes an answer: moves the partitions on, so that the next request can leave, and lists what is to be made ready.</summary>
    private void Accept(NodeFetcher fetcher, ResponseLease lease, List<Fetched> work)
    {
        var shared = new SharedLease(lease);
        try
        {
            var response = lease.Read<FetchResponse>();
            lock (_gate)
            {
                fetcher.Failures = 0;
                if (!fetcher.Session.Handle(response))
                {
                    if (response.ErrorCode is not (ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch))
                    {
                        RetryLater(fetcher);
                        _cluster.RequestRefresh();
                    }

                    return;
                }

                var failed = false;
                foreach (var topic in response.Responses)
                {
                    var name = lease.Version > FetchByNameVersion ? _cluster.View.Find(topic.TopicId)?.Name : topic.Topic.Value;
                    foreach (var data in topic.Partitions)
                    {
                        if (name is not null && fetcher.Asked.TryGetValue(new TopicPartition(name, data.PartitionIndex), out var asked)
                            && !asked.State.IsRevoked && asked.State.Incarnation == asked.Incarnation)
                        {
                            Accept(fetcher, asked.State, data, response, shared, work);
                            failed |= data.ErrorCode != ErrorCode.None;
                        }
                    }
                }

                if (failed)
                {
                    Pump();
                }
            }
        }
        catch (ProtocolException malformed)
        {
            throw new KafkaException(ErrorCode.UnknownServerError, $"the broker's FetchResponse cannot be read: {malformed.Message}", malformed);
        }
        finally
        {
            shared.Release();
        }
    }

    private void Accept(NodeFetcher fetcher, PartitionState state, FetchResponse.PartitionData data, FetchResponse response, SharedLease lease, List<Fetched> work)
    {
        if (data.ErrorCode != ErrorCode.None)
        {
            HandleFetchError(fetcher, state, data, response);
            return;
        }

        state.HighWatermark = data.HighWatermark;
        state.LastStableOffset = data.LastStableOffset;
        state.LogStartOffset = data.LogStartOffset;
        if (data.PreferredReadReplica >= 0)
        {
            state.PreferredReplica = data.PreferredReadReplica;
            state.PreferredReplicaUntilMs = NowMs + (long)_options.MetadataMaxAge.TotalMilliseconds;
        }

        if (data.Records is not { Length: > 0 } records)
        {
            return;
        }

        long next;
        int epoch;
        var from = state.FetchOffset;
        try
        {
            (next, epoch) = ChunkBuilder.End(records.Span, from, state.FetchEpoch);
        }
        catch (RecordException)
        {
            // Found again, and told, where the application gets to it.
            (next, epoch) = (from + 1, state.FetchEpoch);
        }

        if (next == from)
        {
            return;
        }

        lease.Hold();
        var chunk = new FetchedChunk(state, state.Incarnation, lease) { EndOffset = next, EndEpoch = epoch, SizeBytes = records.Length };
        state.Advance(next, epoch);
        state.BufferedBytes += chunk.SizeBytes;
        _bufferedBytes += chunk.SizeBytes;
        work.Add(new Fetched(chunk, records, from, _options.IsolationLevel == IsolationLevel.ReadCommitted ? data.AbortedTransactions : null));
    }

    /// <summary>Makes ready what has come, and puts it where the application gets it.</summary>
    private void Deliver(List<Fetched> work)
    {
        foreach (var (chunk, records, from, aborted) in work)
        {
            var before = chunk.SizeBytes;
            ChunkBuilder.Fill(chunk, records, from, aborted, _options.CheckCrcs);
            lock (_gate)
            {
                var more = chunk.SizeBytes - before;
                chunk.State.BufferedBytes += more;
                _bufferedBytes += more;
                if (chunk.IsVoid || _isClosed)
                {
                    chunk.State.BufferedBytes -= chunk.SizeBytes;
                    Release(chunk);
                    continue;
                }

                _ready.Add(chunk);
            }

            _wakesConsumer.Set();
        }

        work.Clear();
    }

    private void HandleFetchFailure(NodeFetcher fetcher, KafkaException failure)
    {
        lock (_gate)
        {
            fetcher.Session.HandleNoAnswer();
            fetcher.IsBusy = false;
            RetryLater(fetcher);
            foreach (var state in _states.Values)
            {
                if (state.PreferredReplica == fetcher.NodeId)
                {
                    state.PreferredReplica = -1;
                }
            }

            if (!failure.IsRetriable)
            {
                _failure ??= failure;
            }

            _cluster.RequestRefresh();
            Pump();
        }

        LogFailure(_log, $"fetching from broker {fetcher.NodeId}", failure.Message);
        if (!failure.IsRetriable)
        {
            _wakesConsumer.Set();
        }
    }

    private void RetryLater(NodeFetcher fetcher)
    {
        fetcher.RetryAtMs = NowMs + (long)_backoff.After(++fetcher.Failures).TotalMilliseconds;
        PumpAt(fetcher.RetryAtMs);
    }

    private void HandleFetchError(NodeFetcher fetcher, PartitionState state, FetchResponse.PartitionData data, FetchResponse response)
    {
        switch (data.ErrorCode)
        {
            case ErrorCode.OffsetOutOfRange when state.PreferredReplica == fetcher.NodeId:
                // The follower may not have it yet, or any more; the leader knows.
                state.PreferredReplica = -1;
                break;
            case ErrorCode.OffsetOutOfRange:
                if (state.BufferedBytes > 0 || _inHand == state)
                {
                    // What is ahead is handed out first: the position moves on with it.
                    state.RetryAtMs = NowMs + (long)_options.RetryBackoff.TotalMilliseconds;
                    PumpAt(state.RetryAtMs);
                    break;
                }

                ResetByPolicy(state, new KafkaException(
                    ErrorCode.OffsetOutOfRange, $"the offset {state.FetchOffset} of {state.Partition} is out of range, and auto.offset.reset=none; seek to go on"));
                break;
            case ErrorCode.TopicAuthorizationFailed:
                state.Failure = KafkaException.Of(data.ErrorCode, $"reading {state.Partition}");
                state.Phase = PartitionPhase.NeedsSeek;
                _wakesConsumer.Set();
                break;
            default:
                if (data.CurrentLeader.LeaderId >= 0)
                {
                    var endpoint = response.NodeEndpoints.Find(node => node.NodeId == data.CurrentLeader.LeaderId);
                    var broker = endpoint is null ? null : new BrokerView(endpoint.NodeId, endpoint.Host, endpoint.Port, endpoint.Rack);
                    if (_cluster.UpdateLeader(state.Topic, state.Index, data.CurrentLeader.LeaderId, data.CurrentLeader.LeaderEpoch, broker))
                    {
                        break;
                    }
                }

                state.RetryAtMs = NowMs + (long)_options.RetryBackoff.TotalMilliseconds;
                PumpAt(state.RetryAtMs);
                _cluster.RequestRefresh();
                break;
        }
    }

    private void ResetByPolicy(PartitionState state, KafkaException failure)
    {
        switch (_options.OffsetReset.Kind)
        {
            case OffsetResetKind.None:
                state.Failure = failure;
                state.Phase = PartitionPhase.NeedsSeek;
                _wakesConsumer.Set();
                break;
            case OffsetResetKind.Earliest:
                state.Reset(PartitionState.EarliestTimestamp);
                break;
            case OffsetResetKind.Latest:
                state.Reset(PartitionState.LatestTimestamp);
                break;
            default:
                state.Reset(_time.GetUtcNow().Subtract(_options.OffsetReset.Age).ToUnixTimeMilliseconds());
                break;
        }
    }
}
