using System.Runtime.CompilerServices;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Client;

/// <content>The way of a record into its batch.</content>
public sealed partial class Producer
{
    /// <summary>
    /// Sends a record and waits until the brokers have acknowledged it. The wait for memory and metadata ends after <see cref="ProducerOptions.MaxBlock"/>, the rest after
    /// <see cref="ProducerOptions.DeliveryTimeout"/>. Await the result exactly once.
    /// </summary>
    /// <param name="record">The record; its bytes are copied before the call returns.</param>
    /// <param name="cancellationToken">Ends the wait for memory and metadata. A record that is in its batch is sent.</param>
    /// <exception cref="KafkaException">The record was refused, or not acknowledged in time.</exception>
    public ValueTask<RecordMetadata> SendAsync(in ProducerRecord record, CancellationToken cancellationToken = default)
    {
        Delivery delivery = Delivery.Rent(_idleDeliveries);
        try
        {
            ProducerRecord prepared = record;
            Prepare(ref prepared);
            return TryAppendPrepared(in prepared, delivery) ? delivery.Task : SendSlowlyAsync(OwnedRecord.Rent(in prepared), record.Topic, delivery, cancellationToken);
        }
        catch
        {
            delivery.Return();
            throw;
        }
    }

    /// <summary>As above.</summary>
    public ValueTask<RecordMetadata> SendAsync(string topic, ReadOnlySpan<byte> value, CancellationToken cancellationToken = default) =>
        SendAsync(new ProducerRecord(topic, value), cancellationToken);

    /// <summary>As above.</summary>
    public ValueTask<RecordMetadata> SendAsync(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, CancellationToken cancellationToken = default) =>
        SendAsync(new ProducerRecord(topic, key, value), cancellationToken);

    /// <summary>
    /// Gives a record to the producer and waits only for room: it ends at once unless <c>buffer.memory</c> is used up or the topic is not known yet, for at most
    /// <see cref="ProducerOptions.MaxBlock"/>. How the record ended is told to <see cref="ProducerOptions.OnDelivery"/> alone.
    /// </summary>
    /// <param name="record">The record; its bytes are copied before the call returns.</param>
    /// <param name="cancellationToken">Ends the wait; the record is not sent then.</param>
    /// <exception cref="KafkaException">There was no room in time, or the record is too large.</exception>
    public ValueTask PostAsync(in ProducerRecord record, CancellationToken cancellationToken = default)
    {
        if (_isPlain && !Tracing.IsEnabled)
        {
            return TryAppend(in record, null) ? ValueTask.CompletedTask : PostSlowlyAsync(OwnedRecord.Rent(in record), record.Topic, null, cancellationToken);
        }

        ProducerRecord prepared = record;
        Prepare(ref prepared);
        return TryAppendPrepared(in prepared, null) ? ValueTask.CompletedTask : PostSlowlyAsync(OwnedRecord.Rent(in prepared), record.Topic, null, cancellationToken);
    }

    /// <summary>As above.</summary>
    public ValueTask PostAsync(string topic, ReadOnlySpan<byte> value, CancellationToken cancellationToken = default) =>
        PostAsync(new ProducerRecord(topic, value), cancellationToken);

    /// <summary>As above.</summary>
    public ValueTask PostAsync(string topic, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, CancellationToken cancellationToken = default) =>
        PostAsync(new ProducerRecord(topic, key, value), cancellationToken);

    /// <summary>Gives a record to the producer when there is room for it now; false when there is none, or the topic is not known yet.</summary>
    /// <exception cref="KafkaException">The record is too large.</exception>
    public bool TryPost(in ProducerRecord record)
    {
        ProducerRecord prepared = record;
        Prepare(ref prepared);
        return TryAppendPrepared(in prepared, null);
    }

    /// <summary>As below; a record that is refused fails the transaction that it was to be in.</summary>
    private bool TryAppendPrepared(scoped in ProducerRecord record, Delivery? delivery)
    {
        long transaction = _accumulator.TransactionNumber;
        try
        {
            return TryAppend(in record, delivery);
        }
        catch (KafkaException failure)
        {
            _transactions?.RecordFailed(failure, transaction);
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAppend(scoped in ProducerRecord record, Delivery? delivery)
    {
        TopicQueues topic = Topic(record.Topic);
        int partitionsCount = topic.Partitions.Length;
        if (partitionsCount == 0 || record.Partition >= partitionsCount || topic.Turns.IsBusy)
        {
            return false;
        }

        RecordParts parts = record.Parts;
        CheckSize(in parts);
        long timestamp = record.Timestamp == RecordBatchLayout.NoTimestamp ? _clock.UtcMs : record.Timestamp;
        int partition = record.Partition != Partitioner.Any ? record.Partition : Choose(topic.Name, partitionsCount, in parts);
        return _accumulator.TryAppend(topic, partition, timestamp, in parts, delivery) == AppendOutcome.Appended;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TopicQueues Topic(string name)
    {
        TopicQueues? last = _lastTopic;
        if (last is not null && ReferenceEquals(last.Name, name))
        {
            return last;
        }

        return _lastTopic = _accumulator.Topic(name);
    }

    private int Choose(string topic, int partitionsCount, scoped in RecordParts parts)
    {
        if (_isKeyHash)
        {
            return parts.HasKey ? Partitioner.PartitionFor(parts.Key, partitionsCount) : Partitioner.Any;
        }

        int partition = _partitioner.Choose(new PartitionChoice
        {
            Topic = topic,
            PartitionsCount = partitionsCount,
            HasKey = parts.HasKey,
            Key = parts.Key,
            HasValue = parts.HasValue,
            Value = parts.Value,
        });
        return partition is >= Partitioner.Any && partition < partitionsCount
            ? partition
            : throw new InvalidOperationException($"the partitioner chose partition {partition} of {topic}, which has {partitionsCount}");
    }

    private void CheckSize(scoped in RecordParts parts)
    {
        long size = (long)parts.Key.Length + parts.Value.Length;
        if (size + RecordBatchLayout.HeaderBytes + ProducerBatch.RecordOverheadBytesMax > _options.MaxRequestSizeBytes || size > _options.BufferMemoryBytes / 2)
        {
            ThrowTooLarge(size);
        }
    }

    private void ThrowTooLarge(long size) => throw new KafkaException(
        ErrorCode.MessageTooLarge,
        $"a record of {size} bytes does not fit: max.request.size is {_options.MaxRequestSizeBytes}, and half of buffer.memory is {_options.BufferMemoryBytes / 2}");

    /// <summary>Interceptors, transaction, trace context.</summary>
    private void Prepare(ref ProducerRecord record)
    {
        foreach (RecordInterceptor interceptor in _options.Interceptors)
        {
            interceptor(ref record);
        }

        _transactions?.CheckMayAppend();
        if (Tracing.IsEnabled)
        {
            Tracing.Inject(ref record);
        }
    }

    private async ValueTask<RecordMetadata> SendSlowlyAsync(OwnedRecord record, string topic, Delivery delivery, CancellationToken cancellationToken)
    {
        bool isAppended = false;
        try
        {
            await PostSlowlyAsync(record, topic, delivery, cancellationToken).ConfigureAwait(false);
            isAppended = true;
        }
        finally
        {
            if (!isAppended)
            {
                delivery.Return();
            }
        }

        return await delivery.Task.ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PostSlowlyAsync(OwnedRecord record, string topic, Delivery? delivery, CancellationToken cancellationToken)
    {
        long transaction = _accumulator.TransactionNumber;
        TopicQueues queues = Topic(topic);
        TaskCompletionSource? place = queues.Turns.Enter();
        try
        {
            long deadlineMs = _clock.NowMs + (long)_options.MaxBlock.TotalMilliseconds;
            if (place is not null && !await TurnQueue.WaitAsync(place, _options.MaxBlock, _options.Seams.Time, cancellationToken).ConfigureAwait(false))
            {
                throw new KafkaException(ErrorCode.RequestTimedOut, $"records sent to {topic} before this one still waited after {_options.MaxBlock.TotalSeconds:0.###} s (max.block.ms)");
            }

            if (record.Partition >= queues.Partitions.Length || queues.Partitions.Length == 0)
            {
                await FindPartitionsAsync(queues, record.Partition, deadlineMs, cancellationToken).ConfigureAwait(false);
            }

            byte[]? granted = null;
            while (!TryAppend(record, transaction, queues, delivery, granted))
            {
                ValueTask<byte[]?> memory = _accumulator.Memory.TakeAsync(RecordAccumulator.BatchSizeFor(record.Parts), deadlineMs, cancellationToken);
                _signal.Set();
                granted = await memory.ConfigureAwait(false) ?? throw new KafkaException(
                    ErrorCode.RequestTimedOut, $"buffer.memory ({_options.BufferMemoryBytes} bytes) stayed used up for {_options.MaxBlock.TotalSeconds:0.###} s (max.block.ms): records come faster than brokers take them");
            }
        }
        catch (KafkaException failure)
        {
            // Before the place is left: a commit that waits at the end of the line must see it.
            _transactions?.RecordFailed(failure, transaction);
            throw;
        }
        finally
        {
            record.Return();
            queues.Turns.Leave(place);
        }
    }

    private bool TryAppend(OwnedRecord record, long transaction, TopicQueues topic, Delivery? delivery, byte[]? granted)
    {
        RecordParts parts = record.Parts;
        CheckSize(in parts);
        try
        {
            _transactions?.CheckMayAppend(transaction);
            long timestamp = record.Timestamp == RecordBatchLayout.NoTimestamp ? _clock.UtcMs : record.Timestamp;
            int partition = record.Partition != Partitioner.Any ? record.Partition : Choose(topic.Name, topic.Partitions.Length, in parts);
            return _accumulator.TryAppend(topic, partition, timestamp, in parts, delivery, granted) == AppendOutcome.Appended;
        }
        catch when (granted is not null)
        {
            _accumulator.Memory.Return(granted);
            throw;
        }
    }

    private async Task FindPartitionsAsync(TopicQueues queues, int partition, long deadlineMs, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(0, deadlineMs - _clock.NowMs)), _options.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            TopicView view = await _cluster.TopicAsync(queues.Name, either.Token).ConfigureAwait(false);
            if (partition >= view.Partitions.Length)
            {
                await _cluster.RefreshAsync(either.Token).ConfigureAwait(false);
                view = await _cluster.TopicAsync(queues.Name, either.Token).ConfigureAwait(false);
            }

            queues.Id = view.Id;
            queues.Grow(view.Partitions.Length);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var why = _cluster.RefreshFailure;
            throw new KafkaException(
                ErrorCode.RequestTimedOut,
                $"the topic {queues.Name} was not found within {_options.MaxBlock.TotalSeconds:0.###} s (max.block.ms){(why is null ? "" : $": {why.Message}")}",
                why);
        }
        catch (ObjectDisposedException)
        {
            throw new KafkaException(ErrorCode.NetworkException, $"the producer was disposed before the topic {queues.Name} was found: the record was not sent", _cluster.RefreshFailure);
        }

        if (partition >= queues.Partitions.Length)
        {
            throw new KafkaException(ErrorCode.UnknownTopicOrPartition, $"the topic {queues.Name} has {queues.Partitions.Length} partitions: there is no partition {partition}");
        }
    }
}
