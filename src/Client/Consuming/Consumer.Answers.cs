using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>What becomes of an answer: its partitions move on, its records are made ready, its errors are dealt with.</summary>
public sealed partial class Consumer
{
    /// <summary>Takes an answer: moves the partitions on, so that the next request can leave, and lists what is to be made ready.</summary>
    private void Accept(NodeFetcher fetcher)
    {
        lock (_gate)
        {
            var answer = fetcher.EndExchange()!;
            try
            {
                Accept(fetcher, answer);
            }
            catch (ProtocolException malformed)
            {
                throw new KafkaException(ErrorCode.UnknownServerError, $"the broker's FetchResponse cannot be read: {malformed.Message}", malformed);
            }
            finally
            {
                answer.Release();
            }
        }
    }

    private void Accept(NodeFetcher fetcher, FetchAnswer answer)
    {
        var reader = FetchResponseReader.Open(answer.Body, answer.Version);
        fetcher.Failures = 0;
        if (!fetcher.Session.Handle(reader.ErrorCode, reader.SessionId))
        {
            if (reader.ErrorCode is not (ErrorCode.FetchSessionIdNotFound or ErrorCode.InvalidFetchSessionEpoch))
            {
                RetryLater(fetcher);
                _cluster.RequestRefresh();
            }

            return;
        }

        var failed = false;
        while (reader.NextTopic())
        {
            var name = answer.Version > FetchByNameVersion ? _cluster.View.Find(reader.TopicId)?.Name : NameOf(fetcher, reader.TopicName);
            while (reader.NextPartition())
            {
                if (name is not null && _states.TryGetValue(new TopicPartition(name, reader.Partition), out var state) && IsAsked(fetcher, state))
                {
                    Accept(fetcher, state, reader, answer);
                    failed |= reader.PartitionError != ErrorCode.None;
                }
            }
        }

        if (failed)
        {
            Pump();
        }
    }

    /// <summary>Whether the request that is answered has asked for the partition as it is now.</summary>
    private static bool IsAsked(NodeFetcher fetcher, PartitionState state) =>
        state.AskedBy == fetcher && state.AskedRound == fetcher.Round && state.AskedIncarnation == state.Incarnation && !state.IsRevoked;

    /// <summary>The topic of that name which was asked for; null when none was. Without making a string.</summary>
    private static string? NameOf(NodeFetcher fetcher, ReadOnlySpan<byte> name)
    {
        foreach (var (partition, _) in fetcher.Wanted)
        {
            if (System.Text.Ascii.Equals(name, partition.Topic.Value))
            {
                return partition.Topic;
            }
        }

        return null;
    }

    private void Accept(NodeFetcher fetcher, PartitionState state, scoped in FetchResponseReader data, FetchAnswer answer)
    {
        if (data.PartitionError != ErrorCode.None)
        {
            HandleFetchError(fetcher, state, data);
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

        var chunk = _pool.RentChunk(state, answer);
        (chunk.EndOffset, chunk.EndEpoch, chunk.SizeBytes) = (next, epoch, records.Length);
        state.Advance(next, epoch);
        state.BufferedBytes += chunk.SizeBytes;
        _bufferedBytes += chunk.SizeBytes;
        fetcher.Work.Add(new FetchedPart(chunk, records, from, _options.IsolationLevel == IsolationLevel.ReadCommitted ? data.AbortedTransactions : default));
    }

    /// <summary>Makes ready what has come, and puts it where the application gets it.</summary>
    private void Deliver(NodeFetcher fetcher)
    {
        foreach (var (chunk, records, from, aborted) in fetcher.Work)
        {
            var before = chunk.SizeBytes;
            if (aborted.Count > 0)
            {
                fetcher.Aborted.Begin(aborted);
            }

            ChunkBuilder.Fill(chunk, records, from, aborted.Count > 0 ? fetcher.Aborted : null, _options.CheckCrcs);
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

        fetcher.Work.Clear();
    }

    private void HandleFetchFailure(NodeFetcher fetcher, KafkaException failure)
    {
        lock (_gate)
        {
            fetcher.EndExchange()?.Release();
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

    private void HandleFetchError(NodeFetcher fetcher, PartitionState state, scoped in FetchResponseReader data)
    {
        switch (data.PartitionError)
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
                state.Failure = KafkaException.Of(data.PartitionError, $"reading {state.Partition}");
                state.Phase = PartitionPhase.NeedsSeek;
                _wakesConsumer.Set();
                break;
            default:
                if (data.CurrentLeaderId >= 0)
                {
                    var broker = data.TryFindEndpoint(data.CurrentLeaderId, out var host, out var port, out var rack) ? new BrokerView(data.CurrentLeaderId, host, port, rack) : null;
                    if (_cluster.UpdateLeader(state.Topic, state.Index, data.CurrentLeaderId, data.CurrentLeaderEpoch, broker))
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
