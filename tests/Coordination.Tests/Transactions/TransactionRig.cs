using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;
using Moldau.Protocol.MetadataRecords;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Coordination.Tests;

/// <summary>
/// A transaction coordinator and the partitions of its transactions, with the network between them in the test's hand: everything runs on the test's thread. The logs are real ones, on a disk
/// in memory.
/// </summary>
internal sealed class TransactionRig : ITransactionMarkerWriter, IDisposable
{
    public const int DataPartitions = 3;
    public const string Topic = "data";
    public const int AbortIntervalMs = 1000;

    private static readonly CoordinatorRuntimeOptions RuntimeOptions = new() { Topic = TopicNames.TransactionState, Codec = CoordinatorRecordCodec.Transaction };

    private readonly QueueContext _context = new();
    private readonly SynchronizationContext? _before = SynchronizationContext.Current;

    public TransactionRig(short transactionVersion = 2)
    {
        TransactionVersion = transactionVersion;
        SynchronizationContext.SetSynchronizationContext(_context);
        Harness = new RuntimeHarness<TransactionShard>(RuntimeOptions, CreateShard);
        var stateTopic = new Uuid(1, 1);
        var dataTopic = new Uuid(1, 2);
        Harness.Publish(
            [new TopicRecord { Name = TopicNames.TransactionState, TopicId = stateTopic },
            Placed(stateTopic, 0),
            new TopicRecord { Name = Topic, TopicId = dataTopic },
            .. Enumerable.Range(0, DataPartitions).Select(index => Placed(dataTopic, index))]);
        var disk = new MemoryDisk(Harness.Time);
        var environment = new LogEnvironment(new OpenFiles(disk, 100), Harness.Time, new ZeroEntropy());
        for (var index = 0; index < DataPartitions; index++)
        {
            var id = new TopicPartition(Topic, index);
            disk.CreateDirectory($"root/{id}");
            Logs.Add(id, PartitionLog.Open(environment, id, $"root/{id}", new LogConfig(), LogLoadState.New));
        }

        Load();
    }

    public short TransactionVersion { get; set; }

    /// <summary>The epoch of the coordinator.</summary>
    public int Epoch { get; private set; }

    public RuntimeHarness<TransactionShard> Harness { get; }

    public CountingProducerIds ProducerIds { get; } = new();

    public TransactionCoordinator Coordinator { get; private set; } = null!;

    public TransactionMarkers Markers { get; private set; } = null!;

    public Dictionary<TopicPartition, PartitionLog> Logs { get; } = [];

    /// <summary>Markers that nobody has delivered or lost yet.</summary>
    public List<PendingMarker> Network { get; } = [];

    /// <summary>Whether markers are delivered as soon as they are sent.</summary>
    public bool DeliversAtOnce { get; set; } = true;

    public long NowMs => Harness.Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Everything that can happen without the clock happens.</summary>
    public void Run()
    {
        do
        {
            Harness.Run();
        }
        while (_context.RunAll());
    }

    public void Advance(long byMs)
    {
        for (var left = byMs; left > 0; left -= 50)
        {
            Run();
            Harness.Time.Advance(TimeSpan.FromMilliseconds(Math.Min(50, left)));
        }

        Run();
    }

    /// <summary>What a request is answered with once everything has happened; it must have been by then.</summary>
    public T Result<T>(ValueTask<T> request) => RuntimeHarness<TransactionShard>.Result(Begin(request));

    public Task<T> Begin<T>(ValueTask<T> request)
    {
        var task = request.AsTask();
        Run();
        return task;
    }

    /// <summary>The coordinator is killed; its markers that are on their way stay there. Another one begins in the next epoch.</summary>
    public void Crash()
    {
        Markers.Dispose();
        Harness.Unload();
        Run();
        Load();
    }

    public Task<IReadOnlyDictionary<TopicPartition, ErrorCode>> WriteAsync(TransactionMarker marker, IReadOnlyCollection<TopicPartition> partitions)
    {
        var pending = new PendingMarker(marker, partitions);
        if (DeliversAtOnce)
        {
            Deliver(pending);
        }
        else
        {
            Network.Add(pending);
        }

        return pending.Answer;
    }

    /// <summary>The partitions take the markers, and tell so.</summary>
    public void Deliver(PendingMarker pending) => pending.Reply(pending.Partitions.ToDictionary(partition => partition, partition => Append(partition, pending.Marker)));

    /// <summary>Appends a marker as the leader of a partition does.</summary>
    public ErrorCode Append(TopicPartition partition, TransactionMarker marker)
    {
        var batch = ControlRecords.BuildMarker(new EndTransactionMarker(marker.IsCommit, marker.CoordinatorEpoch), marker.ProducerId, marker.ProducerEpoch, NowMs);
        var result = Logs[partition].AppendAsLeader(batch, 0, AppendOrigin.Coordinator, transactionVersion: marker.TransactionVersion);
        Commit(partition);
        return result.Error;
    }

    /// <summary>Appends a producer's batch as the leader of a partition does, verified or not.</summary>
    public AppendResult Append(TopicPartition partition, ProducerIdAndEpoch producer, int sequence, string value, VerificationGuard guard, bool isTransactional = true)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { ProducerId = producer.ProducerId, ProducerEpoch = producer.Epoch, BaseSequence = sequence, IsTransactional = isTransactional });
        builder.Append(NowMs, null, System.Text.Encoding.UTF8.GetBytes(value));
        var result = Logs[partition].AppendAsLeader(builder.BuildArray(), 0, AppendOrigin.Client, guard);
        Commit(partition);
        return result;
    }

    /// <summary>The last record of a transactional id.</summary>
    public TransactionMetadata? Last(string transactionalId)
    {
        var last = Harness.Records().LastOrDefault(record => ((TransactionLogKey)record.Key).TransactionalId == transactionalId);
        return last?.Value is TransactionLogValue value ? TransactionLog.Read(transactionalId, value) : null;
    }

    public void Dispose()
    {
        Markers.Dispose();
        Harness.Dispose();
        foreach (var log in Logs.Values)
        {
            log.Dispose();
        }

        SynchronizationContext.SetSynchronizationContext(_before);
    }

    private static PartitionRecord Placed(Uuid topic, int index) =>
        new() { TopicId = topic, PartitionId = index, Replicas = [1], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 };

    private void Load()
    {
        Harness.Load(++Epoch);
        Run();
    }

    private void Commit(TopicPartition partition) => Logs[partition].MaybeIncrementHighWatermark(Logs[partition].LogEndOffsetMetadata);

    private TransactionShard CreateShard(CoordinatorShardContext context)
    {
        Markers = new TransactionMarkers(this, () => Harness.Image, Harness.Time, NullLogger.Instance);
        Markers.OnElection(0, Epoch);
        Coordinator = new TransactionCoordinator(
            Harness.Runtime, Markers, ProducerIds, () => Harness.Image, new TransactionCoordinatorOptions { TimeoutMsMax = 900_000, RequestTimeoutMs = 5000 });
        var options = new TransactionShardOptions
        {
            TransactionalIdExpirationMs = 3_600_000,
            AbortTimedOutIntervalMs = AbortIntervalMs,
            RemoveExpiredIntervalMs = 60_000,
            ProducerIds = ProducerIds,
            TransactionVersion = () => TransactionVersion,
        };
        return new TransactionShard(context, options, Markers);
    }

    private sealed class ZeroEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Clear();
    }
}
