using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage.Tests;

/// <summary>What partitions cost that nobody uses: no files, no writes, little memory.</summary>
public sealed class ColdLogTests
{
    private const int Count = 500;
    private static readonly Uuid Topic = new(1, 2);

    [Fact]
    public async Task New_partitions_open_no_files_and_a_stop_writes_the_checkpoints_only()
    {
        var rig = Rig();
        var manager = await Start(rig);
        for (var i = 0; i < Count; i++)
        {
            var log = manager.GetOrCreate(new TopicPartition("t", i), Topic, LogConfig.Default);
            log.UpdateHighWatermark(0);
            log.AssignEpochStartOffset(1, 0);
        }

        rig.Disk.OpenHandles.ShouldBeLessThan(5);
        manager.EachLog().ShouldAllBe(log => !log.IsLoaded);
        rig.Disk.StartJournal();
        manager.Shutdown();
        rig.Disk.Journal.Count.ShouldBeLessThan(30);
    }

    [Fact]
    public async Task A_clean_start_reads_the_topic_ids_and_leading_writes_nothing()
    {
        var rig = await Stopped(appends: 3);
        rig.Disk.StartJournal();
        using var manager = await Start(rig);
        foreach (var log in manager.EachLog())
        {
            log.TopicId.ShouldBe(Topic);
            log.LogEndOffset.ShouldBe(3);
            log.AssignEpochStartOffset(7, log.LogEndOffset);
        }

        manager.EachLog().ShouldAllBe(log => !log.IsLoaded);
        rig.Disk.Journal.ShouldNotContain(operation => operation.Path.Contains("leader-epoch-checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_epoch_that_began_on_an_idle_log_is_known_to_whoever_asks_and_to_the_next_append()
    {
        var rig = await Stopped(appends: 3);
        using var manager = await Start(rig);
        var asked = manager.Find(new TopicPartition("t", 0))!;
        asked.AssignEpochStartOffset(7, 3);
        asked.Epochs.EndOffsetFor(7, asked.LogEndOffset).ShouldBe((7, 3));

        var appended = manager.Find(new TopicPartition("t", 1))!;
        appended.AssignEpochStartOffset(7, 3);
        appended.EnsureLoaded();
        appended.Epochs.LatestEpoch.ShouldBe(7);
        appended.AppendAsLeader(StorageRig.Batch(1, 10, rig.NowMs), leaderEpoch: 7).FirstOffset.ShouldBe(3);
        appended.Epochs.Entries.ShouldBe([new EpochEntry(0, 0), new EpochEntry(7, 3)]);
    }

    [Fact]
    public async Task Retention_comes_to_logs_that_nobody_uses_a_few_at_a_time_and_never_to_empty_ones()
    {
        var rig = await Stopped(appends: 3);
        using var manager = await Start(rig);
        manager.GetOrCreate(new TopicPartition("empty", 0), Topic, LogConfig.Default);
        foreach (var log in manager.EachLog())
        {
            log.UpdateHighWatermark(log.LogEndOffset);
        }

        rig.Time.Advance(TimeSpan.FromSeconds(31));
        manager.EachLog().Count(log => log.IsLoaded).ShouldBeInRange(1, Count - 1);
        rig.Time.Advance(TimeSpan.FromDays(8));

        manager.Find(new TopicPartition("empty", 0))!.IsLoaded.ShouldBeFalse();
        manager.EachLog().Where(log => log.Partition.Topic == "t").ShouldAllBe(log => log.LogStartOffset == 3);
    }

    [Fact]
    public async Task Checkpoints_are_written_when_something_has_changed()
    {
        var rig = await Stopped(appends: 1);
        using var manager = await Start(rig);
        rig.Time.Advance(TimeSpan.FromSeconds(70));
        rig.Disk.StartJournal();
        rig.Time.Advance(TimeSpan.FromSeconds(120));
        rig.Disk.Journal.ShouldNotContain(operation => operation.Path.Contains("recovery-point-offset-checkpoint", StringComparison.Ordinal));

        var log = manager.Find(new TopicPartition("t", 0))!;
        log.AppendAsLeader(StorageRig.Batch(1, 10, rig.NowMs), leaderEpoch: 0);
        log.Flush();
        rig.Time.Advance(TimeSpan.FromSeconds(70));
        manager.Directories[0].RecoveryPoints.Read()[log.Partition].ShouldBe(2);
    }

    [Fact]
    public async Task Files_stay_bounded_however_many_logs_are_used()
    {
        var rig = await Stopped(appends: 1, openFiles: 40);
        using var manager = await Start(rig);
        foreach (var log in manager.EachLog())
        {
            using var slice = log.Read(0, 1000, FetchIsolation.LogEnd, minOneBatch: true);
            slice.Error.ShouldBe(ErrorCode.None);
        }

        rig.Disk.OpenHandles.ShouldBeLessThan(60);
    }

    private static StorageRig Rig(int openFiles = 1000)
    {
        var rig = new StorageRig(openFiles: openFiles);
        rig.Disk.DeleteDirectory(StorageRig.Root);
        return rig;
    }

    private static async Task<LogManager> Start(StorageRig rig)
    {
        var manager = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = [StorageRig.Root] });
        await manager.StartAsync(_ => LogConfig.Default);
        return manager;
    }

    private static async Task<StorageRig> Stopped(int appends, int openFiles = 1000)
    {
        var rig = Rig(openFiles);
        using (var manager = await Start(rig))
        {
            for (var i = 0; i < Count; i++)
            {
                var log = manager.GetOrCreate(new TopicPartition("t", i), Topic, LogConfig.Default);
                for (var j = 0; j < appends; j++)
                {
                    log.AppendAsLeader(StorageRig.Batch(1, 10, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(ErrorCode.None);
                }

                log.UpdateHighWatermark(appends);
            }
        }

        var next = new StorageRig(disk: rig.Disk.Clone(), time: rig.Time, openFiles: openFiles);
        next.Disk.DeleteDirectory($"{StorageRig.Root}/{StorageRig.Partition}");
        return next;
    }
}
