using Moldau.Runtime;

namespace Moldau.Storage.Tests;

/// <summary>log.flush.* and flush.*: when a log is synced, and when that is noted.</summary>
public sealed class FlushTests
{
    [Fact]
    public async Task A_log_is_synced_when_flush_ms_is_over_as_often_as_the_scheduler_looks_and_noted_at_the_checkpoint()
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory($"{StorageRig.Root}/{StorageRig.Partition}");
        var options = new LogManagerOptions { LogDirectories = [StorageRig.Root], FlushCheckMs = 4_000, RecoveryPointCheckpointMs = 10_000 };
        using var manager = new LogManager(rig.Environment, options);
        await manager.StartAsync(_ => StorageRig.Small);
        var log = manager.GetOrCreate(StorageRig.Partition, new Core.Uuid(1, 2), StorageRig.Small with { FlushMs = 6_000 });
        log.AppendAsLeader(StorageRig.Batch(3, 10, rig.NowMs), leaderEpoch: 0);

        // Looked at after 4 and after 8 seconds; due at the second time.
        rig.Time.Advance(TimeSpan.FromSeconds(7));
        log.RecoveryPoint.ShouldBe(0);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        log.RecoveryPoint.ShouldBe(3);
        log.DurableEndOffset.ShouldBe(3);

        var checkpoint = manager.Directories[0].RecoveryPoints;
        checkpoint.Read().GetValueOrDefault(StorageRig.Partition).ShouldBe(0);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        checkpoint.Read()[StorageRig.Partition].ShouldBe(3);
    }

    [Fact]
    public void A_log_without_an_owner_that_waits_is_synced_by_the_append_that_reaches_flush_messages()
    {
        var rig = new StorageRig();
        using var log = rig.Open(StorageRig.Small with { FlushMessages = 5 });
        log.AppendAsLeader(StorageRig.Batch(4, 10, rig.NowMs), leaderEpoch: 0);
        log.DurableEndOffset.ShouldBe(0);
        log.AppendAsLeader(StorageRig.Batch(1, 10, rig.NowMs), leaderEpoch: 0);
        log.DurableEndOffset.ShouldBe(5);
        log.RecoveryPoint.ShouldBe(5);
    }

    [Fact]
    public void A_sync_of_the_records_alone_leaves_the_recovery_point_where_the_indexes_are_durable()
    {
        var rig = new StorageRig();
        using var log = rig.Open();
        log.AppendAsLeader(StorageRig.Batch(4, 10, rig.NowMs), leaderEpoch: 0);
        rig.Disk.StartJournal();
        log.FlushRecords();
        log.FlushRecords();
        log.DurableEndOffset.ShouldBe(4);
        log.RecoveryPoint.ShouldBe(0);
        rig.Disk.Journal.Count(operation => operation.Kind == "sync").ShouldBe(1);
        log.TruncateTo(2);
        log.DurableEndOffset.ShouldBe(2);
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("syncdir")]
    public async Task A_topic_that_is_deleted_while_it_is_flushed_leaves_its_log_directory_alone(string operation)
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory($"{StorageRig.Root}/{StorageRig.Partition}");
        using var manager = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = [StorageRig.Root] });
        await manager.StartAsync(_ => StorageRig.Small);
        var log = manager.GetOrCreate(StorageRig.Partition, new Core.Uuid(1, 2), StorageRig.Small);
        log.AppendAsLeader(StorageRig.Batch(4, 10, rig.NowMs), leaderEpoch: 0);
        var deleted = false;
        rig.Disk.Fault = (kind, path) =>
        {
            if (!deleted && kind == operation && path.Contains(StorageRig.Partition.ToString(), StringComparison.Ordinal))
            {
                deleted = true;
                manager.Delete(StorageRig.Partition);
                return DiskErrorKind.NotFound;
            }

            return null;
        };
        log.Flush();
        deleted.ShouldBeTrue();
        manager.Directories[0].IsOnline.ShouldBeTrue();
    }

    [Fact]
    public void A_log_whose_directory_gets_another_name_while_it_is_flushed_is_flushed_under_that_one()
    {
        var rig = new StorageRig();
        using var log = rig.Open();
        log.AppendAsLeader(StorageRig.Batch(4, 10, rig.NowMs), leaderEpoch: 0);
        var isMoved = false;
        rig.Disk.Fault = (kind, path) =>
        {
            if (!isMoved && kind == "syncdir")
            {
                isMoved = true;
                log.RenameDirectory($"{StorageRig.Root}/{StorageRig.Partition}-stray");
                return DiskErrorKind.NotFound;
            }

            return null;
        };
        log.Flush();
        isMoved.ShouldBeTrue();
        log.RecoveryPoint.ShouldBe(4);
        log.AppendAsLeader(StorageRig.Batch(1, 10, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(Protocol.ErrorCode.None);
    }

    [Fact]
    public void The_device_begins_with_all_logs_that_wait_before_the_first_is_waited_for()
    {
        var rig = new StorageRig();
        rig.Disk.CreateDirectory($"{StorageRig.Root}/a-0");
        rig.Disk.CreateDirectory($"{StorageRig.Root}/b-0");
        var workers = new HeldWorkers();
        var environment = new LogEnvironment(new OpenFiles(rig.Disk, 100), rig.Time, rig.Environment.Entropy, workers);
        using var a = PartitionLog.Open(environment, new("a", 0), $"{StorageRig.Root}/a-0", StorageRig.Small, LogLoadState.New);
        using var b = PartitionLog.Open(environment, new("b", 0), $"{StorageRig.Root}/b-0", StorageRig.Small, LogLoadState.New);
        a.AppendAsLeader(StorageRig.Batch(1, 10, rig.NowMs), leaderEpoch: 0);
        b.AppendAsLeader(StorageRig.Batch(2, 10, rig.NowMs), leaderEpoch: 0);
        a.RequestSync();
        b.RequestSync();
        var seen = new List<string>();
        rig.Disk.Fault = (operation, path) =>
        {
            seen.Add($"{operation} {path.Split('/')[^2]}");

            // What fails at the beginning is for the sync to find.
            return operation == "begin-sync" ? DiskErrorKind.Io : null;
        };
        workers.RunAll();
        seen.Where(operation => operation.Contains("sync ", StringComparison.Ordinal)).ShouldBe(["begin-sync a-0", "begin-sync b-0", "sync a-0", "sync b-0"]);
        a.DurableEndOffset.ShouldBe(1);
        b.DurableEndOffset.ShouldBe(2);
    }

    /// <summary>Work waits until the test wants it done.</summary>
    private sealed class HeldWorkers : IWorkers
    {
        private readonly Queue<Action> held = [];

        public void Run(Action work) => held.Enqueue(work);

        public void RunAll()
        {
            while (held.TryDequeue(out var work))
            {
                work();
            }
        }
    }
}
