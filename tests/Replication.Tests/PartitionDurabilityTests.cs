using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Replication.Tests;

/// <summary>What is readable and what is promised while syncs wait for a worker; here a worker works when the test says so.</summary>
public sealed class PartitionDurabilityTests
{
    private static readonly TopicPartition Id = new("topic", 0);

    private readonly Queue<Action> _work = new();
    private readonly MemoryDisk _disk = new(new ManualTimeProvider());
    private Action? _failed;

    [Theory]
    [InlineData(DurabilityMode.Fsync, -1)]
    [InlineData(DurabilityMode.Fsync, 1)]
    [InlineData(DurabilityMode.Fsync, 0)]
    [InlineData(DurabilityMode.Auto, -1)]
    public void A_record_can_be_read_once_it_is_durable_and_one_sync_serves_all_that_wait(DurabilityMode mode, short acks)
    {
        var partition = Create(mode);
        for (var i = 0; i < 5; i++)
        {
            Append(partition, acks).Error.ShouldBe(ErrorCode.None);
        }

        partition.Log.HighWatermark.ShouldBe(0);
        partition.Log.DurableEndOffset.ShouldBe(0);
        using (var read = partition.Read(0, 1000, FetchIsolation.HighWatermark, minOneMessage: true))
        {
            read.Length.ShouldBe(0);
        }

        _disk.StartJournal();
        Work();
        partition.Log.DurableEndOffset.ShouldBe(5);
        partition.Log.HighWatermark.ShouldBe(5);
        _disk.Journal.Count(operation => operation.Kind == "sync").ShouldBe(1);
    }

    [Theory]
    [InlineData(DurabilityMode.Kafka, -1)]
    [InlineData(DurabilityMode.Auto, 1)]
    [InlineData(DurabilityMode.Auto, 0)]
    public void Elsewhere_nothing_is_synced(DurabilityMode mode, short acks)
    {
        var partition = Create(mode);
        Append(partition, acks);
        partition.Log.HighWatermark.ShouldBe(1);
        _work.ShouldBeEmpty();
    }

    [Fact]
    public void Auto_leaves_topics_with_several_replicas_to_replication()
    {
        var partition = Create(DurabilityMode.Auto);
        partition.Become(Led() with { PartitionEpoch = 1, Replicas = [1, 2], Directories = [Uuid.Zero, Uuid.Zero] }, brokerId: 1);
        Append(partition, acks: -1);
        partition.Log.HighWatermark.ShouldBe(1);
        _work.ShouldBeEmpty();
    }

    [Fact]
    public void A_record_that_need_not_be_durable_does_not_show_one_that_waits()
    {
        var partition = Create(DurabilityMode.Auto);
        Append(partition, acks: -1);
        Append(partition, acks: 1);
        partition.Log.HighWatermark.ShouldBe(0);
        Work();
        partition.Log.HighWatermark.ShouldBe(2);
        Append(partition, acks: 1);
        partition.Log.HighWatermark.ShouldBe(3);
    }

    [Fact]
    public void What_comes_while_a_sync_is_about_to_run_is_of_its_group_and_what_comes_after_is_of_the_next()
    {
        var partition = Create(DurabilityMode.Fsync);
        Append(partition, acks: 1);
        Append(partition, acks: 1);
        Work();
        Append(partition, acks: 1);
        partition.Log.DurableEndOffset.ShouldBe(2);
        Work();
        partition.Log.DurableEndOffset.ShouldBe(3);
    }

    [Fact]
    public void After_a_failed_sync_nothing_is_synced_or_shown_any_more()
    {
        var partition = Create(DurabilityMode.Fsync);
        Append(partition, acks: 1);
        var syncs = 0;
        _disk.Fault = (operation, _) => operation == "sync" && ++syncs > 0 ? DiskErrorKind.Io : null;
        Work();
        _disk.Fault = null;
        Append(partition, acks: 1).Error.ShouldBe(ErrorCode.KafkaStorageError);
        partition.Log.RequestSync();
        Work();
        partition.Log.RequestSync(flush: true);
        Work();
        partition.Log.DurableEndOffset.ShouldBe(0);
        partition.Log.HighWatermark.ShouldBe(0);
        syncs.ShouldBe(1);
    }

    [Fact]
    public void A_sync_of_a_topic_that_was_deleted_meanwhile_harms_nobody()
    {
        var partition = Create(DurabilityMode.Fsync);
        var failed = false;
        _failed = () => failed = true;
        Append(partition, acks: 1);
        partition.Log.CloseWithoutFlush();
        _disk.DeleteDirectory($"data/{Id}");
        Work();
        failed.ShouldBeFalse();
    }

    [Fact]
    public void What_a_killed_process_left_unsynced_is_synced_before_it_is_shown()
    {
        var before = Create(DurabilityMode.Kafka);
        Append(before, acks: 1);
        var partition = Create(DurabilityMode.Fsync);
        partition.Log.LogEndOffset.ShouldBe(1);
        partition.Log.HighWatermark.ShouldBe(0);
        Work();
        partition.Log.HighWatermark.ShouldBe(1);
    }

    [Fact]
    public void What_is_durable_when_the_log_changes_its_directory_is_shown_though_no_sync_ends_any_more()
    {
        var partition = Create(DurabilityMode.Fsync);
        Append(partition, acks: -1);
        Work();
        var elsewhere = Create(DurabilityMode.Kafka, "other");
        Append(elsewhere, acks: 1);
        elsewhere.Log.Flush();

        var moved = Open("other");
        moved.Flush();
        moved.HighWatermark.ShouldBe(0);
        partition.TakeLog(moved);
        _work.ShouldBeEmpty();
        partition.Log.ShouldBe(moved);
        partition.Log.HighWatermark.ShouldBe(1);
    }

    private Partition Create(DurabilityMode mode, string directory = "data")
    {
        _disk.CreateDirectory($"{directory}/{Id}");
        var partition = new Partition(Id, Uuid.Zero, Open(directory)) { Durability = mode };
        partition.Become(Led(), brokerId: 1);
        return partition;
    }

    private PartitionLog Open(string directory)
    {
        var environment = new LogEnvironment(new OpenFiles(_disk), new ManualTimeProvider(), new ZeroEntropy(), new QueueWorkers(_work));
        environment.DirectoryFailed += _ => _failed?.Invoke();
        return PartitionLog.Open(environment, Id, $"{directory}/{Id}", new LogConfig(), new LogLoadState(0, 0, IsClean: false, IsEndKnown: false));
    }

    private static PartitionRegistration Led() => new() { Replicas = [1], Directories = [Uuid.Zero], Isr = [1], Leader = 1, LeaderEpoch = 0, PartitionEpoch = 0 };

    private static AppendResult Append(Partition partition, short acks)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        builder.Append(1, null, [1]);
        return partition.AppendAsLeader(builder.BuildArray(), AppendOrigin.Client, acks);
    }

    private void Work()
    {
        while (_work.TryDequeue(out var next))
        {
            next();
        }
    }

    private sealed class QueueWorkers(Queue<Action> work) : IWorkers
    {
        public void Run(Action item) => work.Enqueue(item);
    }

    private sealed class ZeroEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Clear();
    }
}
