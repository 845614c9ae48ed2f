using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Coordination;

/// <summary>
/// Runs the shards of one coordinator: one for each partition of its topic that this node leads. Operations may be scheduled from any thread; each shard runs its own one after another on
/// a worker, so nothing here blocks the caller. An operation that is refused, or whose records cannot be written, makes its task fail with a <see cref="CoordinatorException"/>.
/// </summary>
public sealed class CoordinatorRuntime<TShard> : IDisposable
    where TShard : class, ICoordinatorShard
{
    private const int WheelTickMs = 10;
    private const int WheelSlots = 4096;

    private readonly ConcurrentDictionary<int, CoordinatorCell<TShard>> _cells = new();
    private readonly ConcurrentDictionary<int, bool> _reported = new();
    private volatile MetadataImage _image = MetadataImage.Empty;
    private volatile bool _isClosed;

    /// <param name="options">How it works.</param>
    /// <param name="createShard">Makes an empty shard.</param>
    /// <param name="writer">Writes to the partitions.</param>
    /// <param name="loader">Reads them.</param>
    /// <param name="workers">Where shards run and logs are loaded.</param>
    /// <param name="time">The clock of timers and records.</param>
    /// <param name="logger">Its log.</param>
    public CoordinatorRuntime(
        CoordinatorRuntimeOptions options,
        Func<CoordinatorShardContext, TShard> createShard,
        IPartitionWriter writer,
        ICoordinatorLoader loader,
        IWorkers workers,
        TimeProvider time,
        ILogger logger)
    {
        Options = options;
        CreateShard = createShard;
        Writer = writer;
        Loader = loader;
        Workers = workers;
        Time = time;
        Logger = logger;
        Wheel = new TimingWheel(time, WheelTickMs, WheelSlots);
    }

    public CoordinatorRuntimeOptions Options { get; }

    public CoordinatorRuntimeMetrics Metrics { get; } = new();

    /// <summary>How long the writes of timers and background tasks wait for the replicas, in ms.</summary>
    public long TimerWriteTimeoutMs { get; init; } = 5000;

    /// <summary>The partitions whose shards take operations now.</summary>
    public IEnumerable<PartitionIndex> ActivePartitions => _cells.Where(cell => cell.Value.State == CoordinatorState.Active).Select(cell => (PartitionIndex)cell.Key).Order();

    /// <summary>What each shard has done, in the order of partitions. Any thread.</summary>
    public IReadOnlyList<CoordinatorShardStatistics> Shards => [.. _cells.OrderBy(cell => cell.Key).Select(cell => cell.Value.Statistics())];

    internal Func<CoordinatorShardContext, TShard> CreateShard { get; }

    internal IPartitionWriter Writer { get; }

    internal ICoordinatorLoader Loader { get; }

    internal IWorkers Workers { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal TimingWheel Wheel { get; }

    internal MetadataImage Image => _image;

    /// <summary>The state of a shard; Closed when there is none.</summary>
    public CoordinatorState StateOf(PartitionIndex partition) => _cells.TryGetValue(partition.Value, out var cell) ? cell.State : CoordinatorState.Closed;

    /// <summary>Decides on a shard and appends what was decided; the task ends when that is committed, or after the timeout with REQUEST_TIMED_OUT.</summary>
    public Task<T> ScheduleWrite<T>(string name, PartitionIndex partition, long timeoutMs, Func<TShard, CoordinatorResult<T>> operation)
    {
        if (Find(partition) is not { } cell)
        {
            return Task.FromException<T>(NotCoordinator(partition));
        }

        return Schedule(cell, timeoutMs, new WriteEvent<TShard, T>(name, operation, TransactionalWrite.None));
    }

    /// <summary>As <see cref="ScheduleWrite"/>, in every active shard.</summary>
    public IReadOnlyList<Task<T>> ScheduleWriteAll<T>(string name, long timeoutMs, Func<TShard, CoordinatorResult<T>> operation) =>
        [.. ActivePartitions.Select(partition => ScheduleWrite(name, partition, timeoutMs, operation))];

    /// <summary>As <see cref="ScheduleWrite"/>, with records that belong to a producer's transaction: it is verified first that the transaction is open (KIP-890).</summary>
    public Task<T> ScheduleTransactionalWrite<T>(
        string name,
        PartitionIndex partition,
        string transactionalId,
        long producerId,
        short producerEpoch,
        short apiVersion,
        long timeoutMs,
        Func<TShard, CoordinatorResult<T>> operation)
    {
        var verification = Writer.BeginVerificationAsync(new TopicPartition(Options.Topic, partition), transactionalId, producerId, producerEpoch, apiVersion);
        return verification.IsCompletedSuccessfully
            ? Schedule(verification.Result)
            : WhenVerifiedAsync();

        async Task<T> WhenVerifiedAsync() => await Schedule(await verification);

        Task<T> Schedule(object? guard) => Find(partition) is { } cell
            ? CoordinatorRuntime<TShard>.Schedule(cell, timeoutMs, new WriteEvent<TShard, T>(name, operation, new TransactionalWrite(producerId, producerEpoch, guard)))
            : Task.FromException<T>(NotCoordinator(partition));
    }

    /// <summary>Ends a producer's transaction in a shard's partition: the marker that WriteTxnMarkers asks for.</summary>
    public Task ScheduleTransactionCompletion(
        string name,
        PartitionIndex partition,
        long producerId,
        short producerEpoch,
        int coordinatorEpoch,
        bool commit,
        short transactionVersion,
        long timeoutMs)
    {
        if (Find(partition) is not { } cell)
        {
            return Task.FromException(NotCoordinator(partition));
        }

        var completion = new TransactionCompletionEvent<TShard>(name, producerId, producerEpoch, new EndTransactionMarker(commit, coordinatorEpoch), transactionVersion);
        completion.Arm(cell, timeoutMs);
        cell.Enqueue(completion);
        return completion.Task;
    }

    /// <summary>Reads a shard; the operation gets the offset up to which its log is committed, at which timeline collections are read.</summary>
    public Task<T> ScheduleRead<T>(string name, PartitionIndex partition, Func<TShard, long, T> operation)
    {
        if (Find(partition) is not { } cell)
        {
            return Task.FromException<T>(NotCoordinator(partition));
        }

        var read = new ReadEvent<TShard, T>(operation);
        cell.Enqueue(read);
        return read.Task;
    }

    /// <summary>As <see cref="ScheduleRead"/>, in every active shard.</summary>
    public IReadOnlyList<Task<T>> ScheduleReadAll<T>(string name, Func<TShard, long, T> operation) =>
        [.. ActivePartitions.Select(partition => ScheduleRead(name, partition, operation))];

    /// <summary>This node leads the partition in a new epoch: its log is loaded, by a worker.</summary>
    public void ScheduleLoad(PartitionIndex partition, int epoch)
    {
        if (!_isClosed)
        {
            var cell = _cells.GetOrAdd(partition.Value, static (index, runtime) => new CoordinatorCell<TShard>(runtime, new TopicPartition(runtime.Options.Topic, index)), this);
            cell.Enqueue(new InternalEvent<TShard>(loaded =>
            {
                if (loaded.State == CoordinatorState.Closed)
                {
                    // It was found while its end waited in its queue: the partition has another one from here on.
                    ScheduleLoad(partition, epoch);
                    return;
                }

                loaded.Load(epoch);
            }));
        }
    }

    /// <summary>This node does not lead the partition since the epoch; null when the partition is gone.</summary>
    public void ScheduleUnload(PartitionIndex partition, int? epoch)
    {
        if (Find(partition) is { } cell)
        {
            cell.Enqueue(new InternalEvent<TShard>(unloaded =>
            {
                if (unloaded.State == CoordinatorState.Closed)
                {
                    // As above: what came before this has gone on to another one.
                    ScheduleUnload(partition, epoch);
                    return;
                }

                if (unloaded.Unload(epoch))
                {
                    _cells.TryRemove(new KeyValuePair<int, CoordinatorCell<TShard>>(partition.Value, unloaded));
                    unloaded.Forget();
                }
            }));
        }
    }

    /// <summary>There is new metadata: all shards hear of it.</summary>
    public void OnNewImage(MetadataImage image, MetadataDelta delta)
    {
        _image = image;
        foreach (var cell in _cells.Values)
        {
            cell.Enqueue(new InternalEvent<TShard>(published => published.Publish(image, delta)));
        }
    }

    /// <summary>Ends all shards. Operations after it are refused with NOT_COORDINATOR.</summary>
    public void Dispose()
    {
        _isClosed = true;
        foreach (var partition in _cells.Keys)
        {
            ScheduleUnload(partition, null);
        }

        Wheel.Dispose();
    }

    /// <summary>A record that a later Kafka wrote stays in the log as it is; said once for each partition.</summary>
    internal void ReportUnknownRecord(TopicPartition partition, long offset)
    {
        if (_reported.TryAdd(partition.Partition.Value, true))
        {
            Logger.LogWarning("{Partition}: the record at offset {Offset} is of a type that is not known here; it and others like it are left as they are", partition, offset);
        }
    }

    /// <summary>What is left after a failed cleanup expires in its time.</summary>
    internal void ReportCleanupFailure(CoordinatorException failure) =>
        Logger.LogWarning("{Topic}: what belonged to deleted topics could not be removed: {Reason}", Options.Topic, failure.Message);

    private static Task<T> Schedule<T>(CoordinatorCell<TShard> cell, long timeoutMs, WriteEvent<TShard, T> write)
    {
        write.Arm(cell, timeoutMs);
        cell.Enqueue(write);
        return write.Task;
    }

    private CoordinatorCell<TShard>? Find(PartitionIndex partition) => _cells.GetValueOrDefault(partition.Value);

    private CoordinatorException NotCoordinator(PartitionIndex partition) =>
        new(ErrorCode.NotCoordinator, $"this node does not coordinate {new TopicPartition(Options.Topic, partition)}");
}
