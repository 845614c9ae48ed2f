using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage.Tests;

public sealed class LogManagerTests
{
    private static readonly Uuid Topic = new(1, 2);

    [Fact]
    public async Task A_stop_in_good_order_leaves_logs_that_open_when_they_are_used()
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory("data");
        var first = await Start(rig);
        var log = first.GetOrCreate(StorageRig.Partition, Topic, StorageRig.Small);
        log.AppendAsLeader(StorageRig.Batch(5, 10, rig.NowMs), leaderEpoch: 3).LastOffset.ShouldBe(4);
        first.Shutdown(brokerEpoch: 42);

        var second = await Start(rig.AfterKill());
        second.Directories[0].WasClean.ShouldBeTrue();
        second.Directories[0].PreviousBrokerEpoch.ShouldBe(42);
        var reopened = second.Find(StorageRig.Partition)!;
        reopened.TopicId.ShouldBe(Topic);
        reopened.LogEndOffset.ShouldBe(5);
        reopened.IsLoaded.ShouldBeFalse();
        reopened.Epochs.LatestEpoch.ShouldBe(3);
        using var slice = reopened.Read(0, 1000, FetchIsolation.LogEnd, minOneBatch: true);
        slice.Length.ShouldBeGreaterThan(0);
        reopened.IsLoaded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_deleted_log_is_gone_at_once_and_its_files_after_the_delay()
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory("data");
        using var manager = await Start(rig);
        manager.GetOrCreate(StorageRig.Partition, Topic, StorageRig.Small);
        manager.Delete(StorageRig.Partition).ShouldBeTrue();
        manager.Find(StorageRig.Partition).ShouldBeNull();
        rig.Disk.List("data").ShouldContain(entry => entry.Name.EndsWith("-delete", StringComparison.Ordinal));
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        rig.Disk.List("data").ShouldNotContain(entry => entry.IsDirectory);
    }

    [Fact]
    public async Task A_full_disk_refuses_appends_and_heals_when_space_returns()
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory("data");
        using var manager = await Start(rig);
        var log = manager.GetOrCreate(StorageRig.Partition, Topic, LogConfig.Default);
        log.AppendAsLeader(StorageRig.Batch(1, 100, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(ErrorCode.None);
        rig.Disk.CapacityBytes = rig.Disk.UsedBytes + 20;
        log.AppendAsLeader(StorageRig.Batch(1, 100, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(ErrorCode.NotEnoughReplicas);
        using (var slice = log.Read(0, 1000, FetchIsolation.LogEnd, minOneBatch: true))
        {
            slice.Length.ShouldBeGreaterThan(0);
        }

        manager.Directories[0].IsOnline.ShouldBeTrue();
        rig.Disk.CapacityBytes = long.MaxValue;
        log.AppendAsLeader(StorageRig.Batch(1, 100, rig.NowMs), leaderEpoch: 0).FirstOffset.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_write_takes_the_directory_offline()
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory("data");
        using var manager = await Start(rig);
        IReadOnlyList<TopicPartition> lost = [];
        manager.DirectoryOffline += (_, partitions) => lost = partitions;
        var log = manager.GetOrCreate(StorageRig.Partition, Topic, LogConfig.Default);
        rig.Disk.Fault = (operation, _) => operation == "write" ? DiskErrorKind.Io : null;
        log.AppendAsLeader(StorageRig.Batch(1, 100, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(ErrorCode.KafkaStorageError);
        manager.Directories[0].IsOnline.ShouldBeFalse();
        lost.ShouldBe([StorageRig.Partition]);
    }

    [Theory]
    [InlineData("\0\0\0\0\0\0\0\0")]
    [InlineData("rubbish")]
    public async Task A_partition_whose_metadata_a_power_loss_took_is_checked_and_named_again(string left)
    {
        var rig = new StorageRig();
        rig.Disk.DeleteDirectory("data");
        using (var before = await Start(rig))
        {
            var written = before.GetOrCreate(StorageRig.Partition, Topic, StorageRig.Small);
            written.AppendAsLeader(StorageRig.Batch(1, 100, rig.NowMs), leaderEpoch: 0);
            written.AppendAsLeader(StorageRig.Batch(2, 100, rig.NowMs), leaderEpoch: 0);
        }

        var directory = $"data/{StorageRig.Partition}";
        rig.Disk.DeleteFile($"data/{LogFileNames.CleanShutdown}");
        Overwrite($"{directory}/{LogFileNames.PartitionMetadata}", 0, System.Text.Encoding.ASCII.GetBytes(left));
        var log = $"{directory}/00000000000000000000.log";
        using (var file = rig.Disk.Open(log, DiskOpenMode.ReadWrite))
        {
            file.Write(new byte[200], file.Length);
        }

        using var manager = await Start(rig);
        var found = manager.GetOrCreate(StorageRig.Partition, Topic, StorageRig.Small);

        found.LogEndOffset.ShouldBe(3);
        found.AppendAsLeader(StorageRig.Batch(1, 100, rig.NowMs), leaderEpoch: 0).FirstOffset.ShouldBe(3);
        PartitionMetadataFile.Read(rig.Disk.CloneSynced(), directory).ShouldBe(Topic, "the name is on the device, as records of the partition may be");

        void Overwrite(string path, long position, byte[] bytes)
        {
            rig.Disk.DeleteFile(path);
            using var file = rig.Disk.Open(path, DiskOpenMode.CreateNew);
            file.Write(bytes, position);
        }
    }

    private static async Task<LogManager> Start(StorageRig rig)
    {
        var manager = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = ["data"] });
        await manager.StartAsync(_ => StorageRig.Small);
        return manager;
    }
}
