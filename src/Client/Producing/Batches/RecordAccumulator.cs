using System.Collections.Concurrent;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>
/// Where records wait: for each partition a line of batches, the last of which is open. Any thread appends; one sender takes out. It does no IO and has no timer:
/// <paramref name="wake"/> tells the sender that there may be something to do; its argument says that it may run on the calling thread.
/// </summary>
internal sealed partial class RecordAccumulator(AccumulatorSettings settings, ProducerClock clock, IEntropy entropy, Action<bool> wake)
{
    private readonly ConcurrentDictionary<string, TopicQueues> _topics = new();
    private readonly ConcurrentQueue<PartitionQueue> _listed = new();
    private readonly ConcurrentQueue<ProducerBatch> _idle = new();
    private readonly RandomSequence _random = new(entropy);
    private volatile bool _isClosed;
    private long _transactionNumber;
    private int _topicsCount;

    public AccumulatorSettings Settings => settings;

    public BufferMemory Memory { get; } = new(settings.BufferMemoryBytes, settings.BlockBytes);

    public FlushEpochs Epochs { get; } = new();

    /// <summary>Partitions that got their first record in the transaction that is open, for the sender.</summary>
    public ConcurrentQueue<PartitionQueue> NewInTransaction { get; } = new();

    /// <summary>Tells transactions apart; 0 while none is open. Records that are appended take their partition into it.</summary>
    public long TransactionNumber
    {
        get => Volatile.Read(ref _transactionNumber);
        set => Volatile.Write(ref _transactionNumber, value);
    }

    /// <summary>The queues of a topic, made when they are not there.</summary>
    public TopicQueues Topic(string name) =>
        _topics.TryGetValue(name, out TopicQueues? topic) ? topic : _topics.GetOrAdd(name, CreateTopic(name));

    public IEnumerable<TopicQueues> Topics => _topics.Values;

    /// <summary>
    /// Appends a record to a partition, or with <see cref="Partitioner.Any"/> to the one whose turn it is. The topic must have its partitions. A <paramref name="granted"/> buffer
    /// is taken over whatever happens, unless the outcome is that memory is needed.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The producer was disposed.</exception>
    public AppendOutcome TryAppend(
        TopicQueues topic, int partition, long timestamp, scoped in RecordParts record, Delivery? delivery, byte[]? granted = null)
    {
        int headersSize = record.Headers.IsEmpty ? 1 : ProducerBatch.HeadersSize(record.Headers);
        if (partition != Partitioner.Any)
        {
            PartitionQueue queue = topic.Partitions[partition];
            bool wakes = false;
            AppendOutcome outcome;
            lock (queue.Gate)
            {
                outcome = Append(queue, timestamp, in record, headersSize, delivery, granted, ref wakes);
            }

            Wake(wakes, delivery);
            return outcome;
        }

        while (true)
        {
            int partitionsCount = topic.Partitions.Length;
            StickyPartition sticky = topic.Sticky.Current(partitionsCount);
            PartitionQueue queue = topic.Partitions[sticky.Partition];
            bool wakes = false;
            AppendOutcome outcome;
            lock (queue.Gate)
            {
                if (topic.Sticky.HasChanged(sticky))
                {
                    continue;
                }

                outcome = Append(queue, timestamp, in record, headersSize, delivery, granted, ref wakes);
                if (outcome == AppendOutcome.Appended)
                {
                    int size = RecordSize(in record, headersSize);
                    topic.Sticky.Count(sticky, size, maySwitch: queue.Batches.Last is null or { IsFull: true } || !HasRoomAfter(queue, size), partitionsCount);
                }
            }

            Wake(wakes, delivery);
            return outcome;
        }
    }

    /// <summary>The bytes that a buffer for this record must have at least.</summary>
    public static int BatchSizeFor(scoped in RecordParts record) =>
        RecordBatchLayout.HeaderBytes + RecordSize(in record, record.Headers.IsEmpty ? 1 : ProducerBatch.HeadersSize(record.Headers));

    /// <summary>Ends when the records that wait in line now, for their topic or for memory, are in their batches, or have failed. Costs nothing while none do.</summary>
    public Task WaitForLinesAsync(CancellationToken cancellationToken)
    {
        List<Task>? lines = null;
        foreach (TopicQueues topic in _topics.Values)
        {
            if (topic.Turns.IsBusy)
            {
                (lines ??= []).Add(topic.Turns.PassAsync(cancellationToken));
            }
        }

        return lines is null ? Task.CompletedTask : Task.WhenAll(lines);
    }

    /// <summary>From now on nothing is appended.</summary>
    public void Close()
    {
        _isClosed = true;
        Memory.Close();
    }

    private static int RecordSize(scoped in RecordParts record, int headersSize) =>
        ProducerBatch.RecordOverheadBytesMax + record.Key.Length + record.Value.Length + headersSize;

    private TopicQueues CreateTopic(string name) => new(name, Interlocked.Increment(ref _topicsCount), new StickyPartitions(settings.BatchSizeBytes, _random)) { LastUsedMs = clock.NowMs };

    /// <summary>A turn ends where a batch does: when a record like the last would not fit any more.</summary>
    private static bool HasRoomAfter(PartitionQueue queue, int size) => queue.Batches.Last is { } last && last.RoomBytes >= size;

    private AppendOutcome Append(
        PartitionQueue queue, long timestamp, scoped in RecordParts record, int headersSize, Delivery? delivery, byte[]? granted, ref bool wakes)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(Producer));
        ProducerBatch? open = queue.Batches.Last;
        if (open is { IsClosed: false } && open.TryAppend(timestamp, in record, headersSize))
        {
            if (granted is not null)
            {
                Memory.Return(granted);
            }
        }
        else
        {
            if (granted is null && !Memory.TryTake(RecordBatchLayout.HeaderBytes + RecordSize(in record, headersSize), out granted))
            {
                return AppendOutcome.NeedsMemory;
            }

            open?.IsClosed = true;
            open = BeginBatch(queue, granted, RecordBatchLayout.HeaderBytes + RecordSize(in record, headersSize), ref wakes);
            bool fits = open.TryAppend(timestamp, in record, headersSize);
            Core.Invariant.That(fits);
        }

        if (delivery is not null)
        {
            open.AddDelivery(delivery, timestamp);
        }

        long transaction = TransactionNumber;
        if (transaction != queue.TransactionNumber)
        {
            JoinTransaction(queue, transaction);
        }

        return AppendOutcome.Appended;
    }

    /// <summary>Wakes the sender, outside of any lock. A record that is awaited and need not linger is sent by its own thread when the sender sleeps.</summary>
    private void Wake(bool wakes, Delivery? delivery)
    {
        if (wakes)
        {
            wake(delivery is not null && settings.LingerMs == 0 && SynchronizationContext.Current is null);
        }
    }

    private ProducerBatch BeginBatch(PartitionQueue queue, byte[] buffer, int neededBytes, ref bool wakes)
    {
        ProducerBatch batch = _idle.TryDequeue(out ProducerBatch? idle) ? idle : new ProducerBatch();
        int limitBytes = buffer.Length;
        if (buffer.Length == Memory.BlockBytes && settings.Compression.Type != CompressionType.None)
        {
            // A record that is larger than batch.size has the room that was made for it.
            limitBytes = Math.Max(neededBytes, (int)Math.Min(buffer.Length, settings.BatchSizeBytes / queue.Topic.CompressionRatio));
        }

        long nowMs = clock.NowMs;
        queue.Topic.LastUsedMs = nowMs;
        batch.Begin(queue, Epochs.Enter(), buffer, limitBytes, nowMs);
        queue.Batches.AddLast(batch);
        queue.QueueLength = queue.Batches.Count;
        if (!queue.IsListed)
        {
            queue.IsListed = true;
            _listed.Enqueue(queue);
            wakes = true;
        }
        else
        {
            wakes |= queue.Batches.Count == 2;
        }

        return batch;
    }

    private void JoinTransaction(PartitionQueue queue, long transaction)
    {
        queue.TransactionNumber = transaction;
        if (transaction != 0)
        {
            NewInTransaction.Enqueue(queue);
        }
    }
}
