using System.Buffers;
using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client;

/// <content>From ready queues to requests on the wire.</content>
internal sealed partial class Sender
{
    /// <summary>Beyond this version transactions are verified by the broker without being announced (KIP-890).</summary>
    private const short LastAnnouncedTransactionVersion = 11;

    private static readonly Comparison<ProducerBatch> ByTopic = static (left, right) => left.Queue.Topic.Ordinal - right.Queue.Topic.Ordinal;

    private void SendReady(NodeState node, long nowMs)
    {
        if (node.Ready.Count == 0)
        {
            return;
        }

        node.ReadyMs = nowMs;
        if (Connection(node) is { } connection)
        {
            node.DrainMs = nowMs;
            while (node.RequestsInFlight < _settings.RequestsInFlightMax && Collect(node, nowMs) is { } exchange)
            {
                Send(node, connection, exchange, nowMs);
            }
        }

        node.Ready.Clear();
    }

    /// <summary>The connection when it is open; else one is opened, and the signal is set when it is there.</summary>
    private BrokerConnection? Connection(NodeState node)
    {
        if (node.Connection is { IsOpen: true } open)
        {
            return open;
        }

        if (node.Opening is { IsCompleted: true } opening)
        {
            node.Opening = null;
            node.Connection = opening.IsCompletedSuccessfully ? opening.Result : null;
            if (opening.Exception?.InnerException is AuthenticationException refused)
            {
                FailEverything(refused);
            }

            if (node.Connection is { IsOpen: true })
            {
                return node.Connection;
            }
        }

        if (node.Opening is null)
        {
            node.Opening = OpenAsync(node.Id);
            WakeAfter(node.Opening);
        }

        return null;
    }

    private async Task<BrokerConnection> OpenAsync(int nodeId)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            return await _cluster.ConnectAsync(nodeId, ConnectionPurpose.General, _cluster.Closing).ConfigureAwait(false);
        }
        catch (DisconnectedException) when (!_cluster.View.Brokers.ContainsKey(nodeId))
        {
            // Without a wait a leader that the view does not know would be asked for again and again.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, _accumulator.Settings.RetryBackoffMs)), _cluster.Time, _cluster.Closing).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes one batch of each ready queue, as many as a request may hold; null when none may go.</summary>
    private ProduceExchange? Collect(NodeState node, long nowMs)
    {
        ProduceExchange? exchange = null;
        long sizeBytes = 0;
        int start = node.Turn++;
        for (int i = 0; i < node.Ready.Count; i++)
        {
            PartitionQueue queue = node.Ready[(int)((uint)(start + i) % (uint)node.Ready.Count)];
            if (RecordAccumulator.PeekFirst(queue) is not { } first || !MaySend(queue, first, nowMs, exchange is not null || node.RequestsInFlight > 0))
            {
                continue;
            }

            long estimateBytes = (long)(first.EncodedSizeBytes * queue.Topic.CompressionRatio);
            if (exchange is not null && sizeBytes + estimateBytes > _accumulator.Settings.RequestSizeBytesMax)
            {
                break;
            }

            exchange ??= _idleExchanges.TryPop(out ProduceExchange? idle) ? idle : new ProduceExchange(this);
            ProducerBatch batch = Take(queue);
            sizeBytes += batch.EncodedSizeBytes;
            exchange.Batches.Add(batch);
        }

        return exchange;
    }

    /// <summary>Whether the first batch of a queue may go. A second request of the same round takes only what is complete: an open batch can still fill while the first is on its way.</summary>
    private bool MaySend(PartitionQueue queue, ProducerBatch first, long nowMs, bool isMore)
    {
        if (queue.RequestsInFlight > 0 && (_settings.RequestsInFlightMax == 1 || first.Attempts > 0))
        {
            return false;
        }

        if (isMore && _accumulator.WaitMs(queue, nowMs, _accumulator.IsHurried) > 0)
        {
            return false;
        }

        return !_settings.IsIdempotent || (Idempotence.MaySend(queue, first) && IsInTransaction(queue));
    }

    private ProducerBatch Take(PartitionQueue queue)
    {
        ProducerBatch batch = RecordAccumulator.TakeFirst(queue);
        if (batch.Order == 0)
        {
            batch.Order = ++_order;
        }

        if (_settings.IsIdempotent)
        {
            Idempotence.Prepare(queue, batch);
        }

        RecordCompression compression = _accumulator.Settings.Compression;
        bool isFirstTime = batch.Attempts == 0;
        batch.Seal(compression);
        if (isFirstTime && compression.Type != CompressionType.None)
        {
            queue.Topic.LearnCompression((float)batch.EncodedSizeBytes / batch.PlainSizeBytes);
        }

        batch.Attempts++;
        batch.IsInFlight = true;
        batch.AttemptLeaderEpoch = queue.LeaderEpoch;
        queue.RequestsInFlight++;
        return batch;
    }

    private void Send(NodeState node, BrokerConnection connection, ProduceExchange exchange, long nowMs)
    {
        exchange.Node = node;
        exchange.Connection = connection;
        exchange.SentMs = nowMs;
        node.RequestsInFlight++;
        _exchanges.Add(exchange);
        if (exchange.Batches.Count > 1)
        {
            exchange.Batches.Sort(ByTopic);
        }

        Counters.RequestSent();
        if (!TryVersion(connection, exchange, out short version))
        {
            exchange.Failure = new KafkaException(ErrorCode.UnsupportedVersion, $"broker {node.Id} does not take produce requests in a version that this client writes");
            TakeBack(exchange, isInline: false);
            return;
        }

        exchange.Version = version;
        ProduceRequestWriter.Write(exchange, _settings.TransactionalId, (short)_settings.Acks, _settings.RequestTimeoutMs);
        exchange.Begin(expectsResponse: _settings.Acks != Acks.None);
        if (_settings.Acks == Acks.None)
        {
            _ = PostAsync(exchange);
            return;
        }

        exchange.EndWhen(connection.ExchangeAsync(ApiKey.Produce, version, exchange.Pieces, TimeSpan.FromMilliseconds(_settings.RequestTimeoutMs), exchange));
    }

    /// <summary>An exchange is done. Any thread; <paramref name="isInline"/> has the calling one go on with the sender's work, when that sleeps.</summary>
    internal void TakeBack(ProduceExchange exchange, bool isInline)
    {
        _finished.Enqueue(exchange);
        _signal.Set(isInline);
    }

    private bool TryVersion(BrokerConnection connection, ProduceExchange exchange, out short version)
    {
        short highest = short.MaxValue;
        foreach (ProducerBatch batch in exchange.Batches)
        {
            if (batch.Queue.Topic.Id.IsZero)
            {
                highest = ProduceRequestWriter.LastNameVersion;
            }
        }

        if (_settings.TransactionalId is not null && !IsTransactionVersion2)
        {
            highest = LastAnnouncedTransactionVersion;
        }

        version = -1;
        if (!connection.Versions.Supports(ApiKey.Produce))
        {
            return false;
        }

        version = connection.Versions.Version(ApiKey.Produce, 0, highest);
        return true;
    }

    /// <summary>Sends what is not answered, and hands it back to the loop.</summary>
    private static async Task PostAsync(ProduceExchange exchange)
    {
        try
        {
            await exchange.Connection.PostAsync(ApiKey.Produce, exchange.Version, exchange.Pieces, CancellationToken.None).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            exchange.Failure = failure;
        }

        exchange.Sent();
    }

    /// <summary>Clears an exchange for its next use.</summary>
    private void Recycle(ProduceExchange exchange)
    {
        if (exchange.Frame is { } frame)
        {
            ArrayPool<byte>.Shared.Return(frame);
        }

        exchange.Response.Dispose();
        (exchange.Frame, exchange.Failure) = (null, null);
        exchange.Batches.Clear();
        exchange.Pieces.Clear();
        _idleExchanges.Push(exchange);
    }
}
