using Moldau.Core;
using Moldau.Records;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>Which log is compacted and when, and what stops it. A slow throttle keeps compactions in the middle for as long as a test wants.</summary>
public sealed class CleanerTests
{
    private static readonly CleanerOptions Slow = new() { IoBufferBytes = 800, MaxBytesPerSecond = 400 };

    [Fact]
    public async Task Nothing_happens_below_the_dirty_ratio()
    {
        var rig = await CleaningRig.Start(CleaningRig.Compacted with { MinCleanableDirtyRatio = 0.5 });
        Fill(rig, 10);
        rig.Clean();
        rig.Checkpoint.ShouldBe(100);
        for (var i = 0; i < 4; i++)
        {
            rig.Append(($"key{i}", new string('x', 60)));
        }

        rig.Roll();
        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Checkpoint.ShouldBe(100);
        rig.Manager.Cleaner.Status().MaxDirtyPercent.ShouldBeInRange(10, 49);
        Fill(rig, 2);
        rig.Clean();
        rig.Checkpoint.ShouldBe(124);
    }

    [Fact]
    public async Task The_dirtiest_log_comes_first()
    {
        var rig = await CleaningRig.Start(cleaner: Slow);
        var other = rig.Manager.GetOrCreate(new TopicPartition("other", 0), new Uuid(3, 4), CleaningRig.Compacted);
        Fill(rig, 10);
        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        Fill(rig, 1);
        for (var i = 0; i < 3; i++)
        {
            other.UpdateHighWatermark(other.AppendAsLeader(StorageRig.Batch(3, 100, rig.NowMs), 0).LastOffset + 1);
        }

        other.Roll();
        var checkpoints = new OffsetCheckpointFile(rig.Disk, "data/cleaner-offset-checkpoint");
        Until(rig, () => checkpoints.Read().ContainsKey(other.Partition));
        rig.Checkpoint.ShouldBe(100);
        Until(rig, () => rig.Checkpoint == 110);
    }

    [Fact]
    public async Task Records_younger_than_min_compaction_lag_stay()
    {
        var rig = await CleaningRig.Start(CleaningRig.Compacted with { MinCompactionLagMs = 3_600_000 });
        Fill(rig, 3);
        rig.Clean();
        rig.Read().Count.ShouldBe(30);
        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Clean();
        rig.Read().Count.ShouldBe(10);
    }

    [Fact]
    public async Task Records_older_than_max_compaction_lag_make_a_log_due_that_is_hardly_dirty()
    {
        var rig = await CleaningRig.Start(CleaningRig.Compacted with { MinCleanableDirtyRatio = 1, MaxCompactionLagMs = 3_600_000 });
        Fill(rig, 3);
        rig.Clean();
        rig.Read().Count.ShouldBe(30);
        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Clean();
        rig.Read().Count.ShouldBe(10);
    }

    [Fact]
    public async Task Nothing_above_the_high_watermark_is_compacted()
    {
        var rig = await CleaningRig.Start();
        Fill(rig, 2);
        rig.Log.UpdateHighWatermark(12);
        rig.Clean();
        rig.Read().Count(record => record.Offset >= 12).ShouldBe(8);
        rig.Checkpoint.GetValueOrDefault().ShouldBeLessThanOrEqualTo(12);
        rig.Log.UpdateHighWatermark(20);
        rig.Clean();
        rig.Read().Count.ShouldBe(10);
    }

    [Fact]
    public async Task Produce_and_fetch_go_on_while_a_log_is_compacted()
    {
        var rig = await CleaningRig.Start(cleaner: Slow);
        Fill(rig, 5);
        using var slice = rig.Log.Read(0, 1_000_000, FetchIsolation.HighWatermark, minOneBatch: true);
        rig.Clean();
        for (var i = 0; i < 60; i++)
        {
            rig.Append(($"key{i % 10}", $"new {i}"));
            rig.Read().Select(record => record.Key).Distinct().Count().ShouldBe(10);
            rig.Rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        rig.Rig.Time.Advance(TimeSpan.FromMinutes(5));
        rig.Manager.Cleaner.Status().Compactions.ShouldBeGreaterThan(0);
        rig.Read().Count(record => record.Offset < 50).ShouldBeLessThan(50);

        // Who was at the old segment reads on, though its files are deleted by now.
        var bytes = new byte[slice.Length];
        slice.CopyTo(bytes).ShouldBe(slice.Length);
        foreach (var batch in new RecordBatchReader(bytes))
        {
            batch.IsValid.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("begun anew")]
    [InlineData("deleted")]
    [InlineData("no longer compacted")]
    [InlineData("stopped")]
    public async Task A_compaction_ends_when_its_log_is(string what)
    {
        var rig = await CleaningRig.Start(cleaner: Slow);
        Fill(rig, 5);
        var directory = rig.Log.Directory;
        Until(rig, () => rig.Disk.List(directory).Any(entry => entry.Name.EndsWith(".cleaned", StringComparison.Ordinal)));
        rig.Manager.Cleaner.Status().Running.ShouldBe(1);
        switch (what)
        {
            case "cut":
                rig.Log.TruncateTo(7);
                break;
            case "begun anew":
                rig.Log.TruncateFullyAndStartAt(100);
                break;
            case "deleted":
                rig.Manager.Delete(rig.Log.Partition);
                break;
            case "no longer compacted":
                rig.Manager.UpdateConfig(rig.Log.Partition.Topic, StorageRig.Small with { RetentionMs = -1 });
                break;
            default:
                rig.Manager.Shutdown();
                break;
        }

        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Manager.Cleaner.Status().Running.ShouldBe(0);
        rig.Manager.Cleaner.Status().MapBytes.ShouldBe(0);
        rig.Disk.DirectoryExists(rig.Log.Directory).ShouldBe(what != "deleted");
        if (what != "deleted")
        {
            rig.Files().ShouldNotContain(name => name.EndsWith(".cleaned", StringComparison.Ordinal));
        }

        if (what is "no longer compacted" or "stopped")
        {
            rig.Read().Count.ShouldBe(50);
        }

        rig.Manager.Cleaner.Status().Uncleanable.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cut_lowers_the_checkpoint_and_a_deletion_removes_it()
    {
        var rig = await CleaningRig.Start();
        Fill(rig, 5);
        rig.Clean();
        rig.Checkpoint.ShouldBe(50);
        rig.Log.TruncateTo(42);
        rig.Checkpoint.ShouldBe(rig.Log.ActiveBaseOffset);
        rig.Log.ActiveBaseOffset.ShouldBeLessThanOrEqualTo(42);
        rig.Manager.Delete(rig.Log.Partition);
        rig.Checkpoint.ShouldBeNull();
        rig.Disk.FileExists("data/cleaner-offset-checkpoint").ShouldBeTrue();
    }

    [Fact]
    public async Task A_damaged_batch_makes_the_log_uncleanable_and_others_go_on()
    {
        var rig = await CleaningRig.Start();
        Fill(rig, 5);
        using (var file = rig.Disk.Open($"{rig.Log.Directory}/00000000000000000000.log", Runtime.DiskOpenMode.ReadWrite))
        {
            file.Write("x"u8, 70);
        }

        var other = rig.Manager.GetOrCreate(new TopicPartition("other", 0), new Uuid(3, 4), CleaningRig.Compacted);
        other.UpdateHighWatermark(other.AppendAsLeader(StorageRig.Batch(3, 100, rig.NowMs), 0).LastOffset + 1);
        other.Roll();
        rig.Clean();
        var given = rig.Manager.Cleaner.Status().Uncleanable.ShouldHaveSingleItem();
        given.Partition.ShouldBe(rig.Log.Partition);
        given.Reason.ShouldContain("corrupt");
        given.SizeInBytes.ShouldBe(rig.Log.SizeInBytes);
        rig.Manager.Cleaner.Status().Compactions.ShouldBe(1);
        rig.Files().ShouldNotContain(name => name.EndsWith(".cleaned", StringComparison.Ordinal));

        rig.Manager.Delete(rig.Log.Partition);
        rig.Clean();
        rig.Manager.Cleaner.Status().Uncleanable.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_log_cleaner_enable_every_record_stays()
    {
        var rig = await CleaningRig.Start(cleaner: new CleanerOptions { Enabled = false });
        Fill(rig, 3);
        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        rig.Read().Count.ShouldBe(30);
    }

    [Fact]
    public async Task Changed_options_take_effect()
    {
        var rig = await CleaningRig.Start(cleaner: Slow with { MaxBytesPerSecond = 1 });
        Fill(rig, 5);
        rig.Rig.Time.Advance(TimeSpan.FromMinutes(1));
        rig.Manager.Cleaner.Status().Compactions.ShouldBe(0);
        rig.Manager.Cleaner.Reconfigure(new CleanerOptions { BackoffMs = 1000, Threads = 2 });
        rig.Rig.Time.Advance(TimeSpan.FromMinutes(10));
        rig.Manager.Cleaner.Status().Compactions.ShouldBe(1);
        Fill(rig, 1);
        rig.Rig.Time.Advance(TimeSpan.FromSeconds(1));
        rig.Manager.Cleaner.Status().Compactions.ShouldBe(2);
    }

    [Fact]
    public async Task A_log_that_a_stop_left_dirty_is_compacted_after_the_start_without_being_used()
    {
        var rig = await CleaningRig.Start(cleaner: new CleanerOptions { Enabled = false });
        Fill(rig, 3);
        rig.Manager.Shutdown();
        var again = await CleaningRig.Start(rig: rig.Rig.AfterKill());
        again.Log.IsLoaded.ShouldBeFalse();
        again.Log.UpdateHighWatermark(30);
        again.Clean();
        again.Read().Count.ShouldBe(10);
    }

    [Fact]
    public async Task Seven_days_of_compact_and_delete_pass()
    {
        var rig = await CleaningRig.Start(
            CleaningRig.Compacted with { Delete = true, RetentionMs = 24 * 3_600_000, SegmentMs = 6 * 3_600_000 },
            options: new LogManagerOptions { LogDirectories = ["data"], RetentionCheckMs = 300_000 });
        var begin = rig.NowMs;
        for (var hour = 0; hour < 7 * 24; hour++)
        {
            rig.Append(($"key{hour % 50}", $"hour {hour}"), ($"gone{hour}", null));
            rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        }

        var left = rig.Read();
        left.ShouldAllBe(record => record.Timestamp >= begin + (((7 * 24) - 24 - 24) * 3_600_000L));
        left.Count(record => record.Key == $"key{167 % 50}").ShouldBe(1);
        rig.Log.LogStartOffset.ShouldBeGreaterThan(200);
        left.Count(record => record.Value is null).ShouldBeLessThan(24);
        rig.Manager.Cleaner.Status().Compactions.ShouldBeGreaterThan(10);
        rig.Files().Length.ShouldBeLessThan(60);
    }

    [Fact]
    public async Task The_checkpoint_moves_along_with_its_log()
    {
        var rig = await CleaningRig.Start(options: new LogManagerOptions { LogDirectories = ["data", "more"] });
        Fill(rig, 5);
        rig.Clean();
        var from = rig.Manager.DirectoryOf(rig.Log);
        var to = rig.Manager.Directories.First(directory => directory != from);
        from.Cleaned.Read()[rig.Log.Partition].ShouldBe(50);
        var future = rig.Manager.GetOrCreateFuture(rig.Log, to);
        rig.Manager.TryReplaceCurrentWithFuture(rig.Log.Partition, () => future.TruncateFullyAndStartAt(50), _ => { }).ShouldBeTrue();
        from.Cleaned.Read().ShouldBeEmpty();
        to.Cleaned.Read()[rig.Log.Partition].ShouldBe(50);
    }

    private static void Until(CleaningRig rig, Func<bool> condition)
    {
        for (var second = 0; !condition(); second++)
        {
            second.ShouldBeLessThan(600);
            rig.Rig.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Ten keys, so many times each, and a new segment.</summary>
    private static void Fill(CleaningRig rig, int times)
    {
        for (var i = 0; i < times * 10; i++)
        {
            rig.Append(($"key{i % 10}", $"{rig.NowMs} {i} {new string('x', 60)}"));
        }

        rig.Roll();
    }
}
