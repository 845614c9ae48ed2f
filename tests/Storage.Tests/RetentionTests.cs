using Moldau.Core;

namespace Moldau.Storage.Tests;

/// <summary>Retention by time and by size as the log manager applies it, on a clock that the test moves.</summary>
public sealed class RetentionTests
{
    [Fact]
    public async Task Segments_older_than_retention_ms_go_at_the_next_check()
    {
        var rig = new StorageRig();
        using var manager = await Start(rig);
        var log = Open(manager, StorageRig.Small with { RetentionMs = 60_000 });
        Append(rig, log);
        rig.Time.Advance(TimeSpan.FromMilliseconds(59_000));
        log.LogStartOffset.ShouldBe(0);

        rig.Time.Advance(TimeSpan.FromMilliseconds(12_000));

        log.LogStartOffset.ShouldBe(1);
        log.LogEndOffset.ShouldBe(1);
    }

    [Fact]
    public async Task The_oldest_segments_go_while_the_log_is_larger_than_retention_bytes()
    {
        var rig = new StorageRig();
        using var manager = await Start(rig);
        var log = Open(manager, StorageRig.Small with { RetentionBytes = 3000 });
        for (var i = 0; i < 20; i++)
        {
            Append(rig, log);
        }

        rig.Time.Advance(TimeSpan.FromSeconds(11));

        log.SizeInBytes.ShouldBeLessThan(3000 + StorageRig.Small.SegmentBytes);
        log.SizeInBytes.ShouldBeGreaterThanOrEqualTo(3000);
        log.LogStartOffset.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Files_of_deleted_segments_stay_under_another_name_for_file_delete_delay_ms()
    {
        var rig = new StorageRig();
        using var manager = await Start(rig);
        var log = Open(manager, StorageRig.Small with { RetentionMs = 1, FileDeleteDelayMs = 60_000 });
        Append(rig, log);

        rig.Time.Advance(TimeSpan.FromSeconds(11));
        rig.Disk.List(log.Directory).ShouldContain(entry => entry.Name.EndsWith(".deleted", StringComparison.Ordinal));
        rig.Time.Advance(TimeSpan.FromSeconds(61));

        rig.Disk.List(log.Directory).ShouldNotContain(entry => entry.Name.EndsWith(".deleted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_goes_without_the_policy_delete()
    {
        var rig = new StorageRig();
        using var manager = await Start(rig);
        var log = Open(manager, StorageRig.Small with { RetentionMs = 1, Delete = false, Compact = true });
        Append(rig, log);

        rig.Time.Advance(TimeSpan.FromHours(1));

        log.LogStartOffset.ShouldBe(0);
    }

    private static PartitionLog Open(LogManager manager, LogConfig config) => manager.GetOrCreate(StorageRig.Partition, new Uuid(1, 2), config);

    private static void Append(StorageRig rig, PartitionLog log)
    {
        var result = log.AppendAsLeader(StorageRig.Batch(1, 400, rig.NowMs), leaderEpoch: 0);
        log.UpdateHighWatermark(result.LastOffset + 1);
    }

    private static async Task<LogManager> Start(StorageRig rig)
    {
        rig.Disk.DeleteDirectory("data");
        var manager = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = ["data"], RetentionCheckMs = 10_000, InitialTaskDelayMs = 10_000 });
        await manager.StartAsync(_ => StorageRig.Small);
        return manager;
    }
}
