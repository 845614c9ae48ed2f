using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <content>What became of requests: done, tried again, split, failed.</content>
internal sealed partial class Sender
{
    private void TakeFinished(long nowMs)
    {
        while (_finished.TryDequeue(out ProduceExchange? exchange))
        {
            exchange.Node.RequestsInFlight--;
            _exchanges.Remove(exchange);
            foreach (ProducerBatch batch in exchange.Batches)
            {
                batch.IsInFlight = false;
                batch.Queue.RequestsInFlight--;
            }

            Counters.RequestEnded(nowMs - exchange.SentMs);
            if (exchange.Failure is { } failure)
            {
                EndAll(exchange, failure.Code, failure.Message, nowMs);
            }
            else if (!exchange.Response.HasResponse)
            {
                EndAll(exchange, ErrorCode.None, null, nowMs);
            }
            else
            {
                Read(exchange, nowMs);
            }

            Recycle(exchange);
        }
    }

    private void EndAll(ProduceExchange exchange, ErrorCode error, string? message, long nowMs)
    {
        var result = new PartitionResult { Error = error, Message = message };
        foreach (ProducerBatch batch in exchange.Batches)
        {
            End(batch, in result, nowMs);
        }
    }

    private void Read(ProduceExchange exchange, long nowMs)
    {
        int count = exchange.Batches.Count;
        Span<long> baseOffsets = count <= 256 ? stackalloc long[count] : new long[count];
        Span<long> appendTimes = count <= 256 ? stackalloc long[count] : new long[count];
        try
        {
            if (ProduceResults.TryRead(exchange.Response.Body, exchange.Version, exchange.Batches, baseOffsets, appendTimes))
            {
                for (int i = 0; i < count; i++)
                {
                    var result = new PartitionResult { BaseOffset = baseOffsets[i], LogAppendTimeMs = appendTimes[i] };
                    End(exchange.Batches[i], in result, nowMs);
                }

                return;
            }

            ReadErrors(exchange, exchange.Response.Read<ProduceResponse>(), nowMs);
        }
        catch (ProtocolException malformed)
        {
            EndAll(exchange, ErrorCode.NetworkException, $"the response of broker {exchange.Node.Id} cannot be read: {malformed.Message}", nowMs);
            exchange.Connection.Dispose();
        }
    }

    private void ReadErrors(ProduceExchange exchange, ProduceResponse response, long nowMs)
    {
        foreach (ProducerBatch batch in exchange.Batches)
        {
            ProduceResponse.PartitionProduceResponse? found = Find(response, exchange.Version, batch.Queue);
            if (found is null)
            {
                var missing = new PartitionResult { Error = ErrorCode.UnknownServerError, Message = $"the response of broker {exchange.Node.Id} says nothing of {batch.Queue}" };
                End(batch, in missing, nowMs);
                continue;
            }

            if (found.CurrentLeader.LeaderId >= 0 && found.CurrentLeader.LeaderEpoch >= 0)
            {
                TakeLeader(batch.Queue, found.CurrentLeader.LeaderId, found.CurrentLeader.LeaderEpoch, response);
            }

            var result = new PartitionResult
            {
                Error = found.ErrorCode,
                Message = found.ErrorMessage,
                BaseOffset = found.BaseOffset,
                LogAppendTimeMs = found.LogAppendTimeMs,
                LogStartOffset = found.LogStartOffset,
                RecordErrors = found.RecordErrors,
            };
            End(batch, in result, nowMs);
        }
    }

    private static ProduceResponse.PartitionProduceResponse? Find(ProduceResponse response, short version, PartitionQueue queue)
    {
        foreach (ProduceResponse.TopicProduceResponse topic in response.Responses)
        {
            if (version > ProduceRequestWriter.LastNameVersion ? topic.TopicId != queue.Topic.Id : topic.Name.Value != queue.Topic.Name)
            {
                continue;
            }

            foreach (ProduceResponse.PartitionProduceResponse partition in topic.PartitionResponses)
            {
                if (partition.Index == queue.Partition)
                {
                    return partition;
                }
            }
        }

        return null;
    }

    /// <summary>The broker told who leads now (KIP-951).</summary>
    private void TakeLeader(PartitionQueue queue, int leader, int epoch, ProduceResponse response)
    {
        ProduceResponse.NodeEndpoint? endpoint = response.NodeEndpoints.Find(node => node.NodeId == leader);
        BrokerView? broker = endpoint is null ? null : new BrokerView(endpoint.NodeId, endpoint.Host, endpoint.Port, endpoint.Rack);
        if (epoch > queue.LeaderEpoch && _cluster.UpdateLeader(queue.Topic.Name, queue.Partition, leader, epoch, broker))
        {
            (queue.LeaderId, queue.LeaderEpoch) = (leader, epoch);
        }
    }

    private void End(ProducerBatch batch, in PartitionResult result, long nowMs)
    {
        ErrorCode error = result.Error;
        if (batch.IsDone)
        {
            // It was given up before; only its memory waited for the response.
            LateEnd(batch, in result);
        }
        else if (error == ErrorCode.None || IdempotentState.IsWritten(batch, error))
        {
            // What is in the log already is at an offset that the broker has forgotten.
            long baseOffset = error == ErrorCode.None ? result.BaseOffset : -1;
            if (_settings.IsIdempotent)
            {
                IdempotentState.Succeeded(batch, baseOffset);
            }

            FinishSuspects(batch.Queue);
            Finish(batch, DeliveryOutcome.Success(baseOffset, result.LogAppendTimeMs));
        }
        else if (error == ErrorCode.OutOfOrderSequenceNumber && IsSuspect(batch, nowMs))
        {
            LogSuspect(_log, batch.Queue, batch.BaseSequence);
        }
        else if (error is ErrorCode.MessageTooLarge && batch.RecordsCount > 1)
        {
            LogSplit(_log, batch.RecordsCount, batch.Queue, batch.EncodedSizeBytes);
            Counters.Split();
            _accumulator.Split(batch, nowMs);
        }
        else if (CanRetry(batch, error, result.LogStartOffset, nowMs))
        {
            LogRetry(_log, batch.Queue, error, result.Message, batch.Attempts);
            Counters.Retried(batch.RecordsCount);
            RefreshAfter(error, nowMs);
            _accumulator.PutBack(batch, nowMs);
        }
        else
        {
            RefreshAfter(error, nowMs);
            ReturnSuspects(batch.Queue, nowMs);
            Fail(batch, in result);
        }
    }

    private bool CanRetry(ProducerBatch batch, ErrorCode error, long logStartOffset, long nowMs) =>
        batch.Attempts <= _settings.Retries
        && nowMs - batch.CreatedMs < _accumulator.Settings.DeliveryTimeoutMs
        && !HasTransactionFailed
        && (_settings.IsIdempotent ? Idempotence.IsRetriable(batch, error, logStartOffset) : error.IsRetriable());

    private void RefreshAfter(ErrorCode error, long nowMs)
    {
        if (error is ErrorCode.NotLeaderOrFollower or ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
            or ErrorCode.LeaderNotAvailable or ErrorCode.KafkaStorageError or ErrorCode.NetworkException or ErrorCode.RequestTimedOut or ErrorCode.ListenerNotFound
            or ErrorCode.ReplicaNotAvailable)
        {
            RefreshSoon(nowMs);
        }
    }

    private void Fail(ProducerBatch batch, in PartitionResult result)
    {
        string doing = $"sending {batch.RecordsCount} records to {batch.Queue}";
        KafkaException failure = result.Error is ErrorCode.ProducerFenced or ErrorCode.InvalidProducerEpoch
            ? TransactionException.Of(result.Error, doing, result.Message)
            : KafkaException.Of(result.Error, doing, result.Message);
        if (_settings.IsIdempotent)
        {
            // Whether a batch whose attempts were used up is in the log is not known.
            bool isSurelyNotWritten = batch.Attempts <= _settings.Retries && !result.Error.IsRetriable();
            Idempotence.Failed(batch, result.Error, isSurelyNotWritten);
        }

        FailTransaction(failure);
        Finish(batch, DeliveryOutcome.Failed(failure) with { RecordFailures = RecordFailures(doing, in result) });
    }

    private static Dictionary<int, KafkaException>? RecordFailures(string doing, in PartitionResult result)
    {
        if (result.RecordErrors is not { Count: > 0 } errors)
        {
            return null;
        }

        // The code is the batch's; it fits the one record that is named, and none of several.
        ErrorCode code = errors.Count == 1 ? result.Error : ErrorCode.InvalidRecord;
        var failures = new Dictionary<int, KafkaException>(errors.Count);
        foreach (ProduceResponse.BatchIndexAndErrorMessage error in CollectionsMarshal.AsSpan(errors))
        {
            failures[error.BatchIndex] = KafkaException.Of(code, doing, error.BatchIndexErrorMessage ?? result.Message);
        }

        return failures;
    }

    private void LateEnd(ProducerBatch batch, in PartitionResult result)
    {
        if (_settings.IsIdempotent && result.Error == ErrorCode.None)
        {
            // It is in the log after all: then those behind it may go on.
            IdempotentState.Succeeded(batch, result.BaseOffset);
        }

        _deliveries.Release(batch);
    }

    /// <summary>Tells the records of a batch their end. Its memory is free when it is not on the wire any more.</summary>
    private void Finish(ProducerBatch batch, in DeliveryOutcome outcome)
    {
        batch.IsDone = true;
        Counters.Ended(batch, in outcome, _clock.NowMs);
        _deliveries.Deliver(batch, in outcome);
        if (!batch.IsInFlight)
        {
            _deliveries.Release(batch);
        }
    }

    /// <summary>Fails all that waits; what is on its way ends by itself, or with its connection.</summary>
    private void FailEverything(KafkaException failure)
    {
        var taken = new List<ProducerBatch>();
        _suspected.ForEach(queue => ReturnSuspects(queue, _clock.NowMs));
        _accumulator.TakeAll(taken, isOnlyUnsent: false);
        foreach (ProduceExchange exchange in _exchanges)
        {
            taken.AddRange(exchange.Batches.FindAll(batch => !batch.IsDone));
        }

        foreach (ProducerBatch batch in taken)
        {
            batch.Queue.Sequences.Forget(batch);
            Finish(batch, DeliveryOutcome.Failed(failure));
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Partition}: {Error} {Message}; the batch is sent again (attempt {Attempts})")]
    private static partial void LogRetry(ILogger log, PartitionQueue partition, ErrorCode error, string? message, int attempts);

    [LoggerMessage(2, LogLevel.Warning, "a batch of {Count} records for {Partition} is too large with {SizeBytes} bytes and is split; batch.size above the topic's max.message.bytes costs requests")]
    private static partial void LogSplit(ILogger log, int count, PartitionQueue partition, int sizeBytes);
}
