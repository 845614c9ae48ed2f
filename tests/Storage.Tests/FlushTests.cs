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
}
