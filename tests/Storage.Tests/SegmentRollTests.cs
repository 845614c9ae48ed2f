using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage.Tests;

/// <summary>When a log begins a new segment, and what its files take on the disk until then.</summary>
public sealed class SegmentRollTests
{
    private const string Folder = $"{StorageRig.Root}/topic-0";
    private static readonly LogConfig Large = LogConfig.Default with { SegmentBytes = 10_000, TransactionVerificationEnabled = false };

    [Fact]
    public void A_segment_is_filled_up_to_its_bytes_and_no_further()
    {
        var rig = new StorageRig();
        var log = rig.Open(Large);
        var size = StorageRig.Batch(1, 900, rig.NowMs).Length;
        for (var i = 0; i < 10_000 / size; i++)
        {
            Append(rig, log);
        }

        log.SegmentCount.ShouldBe(1);
        Append(rig, log);
        log.SegmentCount.ShouldBe(2);
        Length(rig, LogFileNames.Log(0)).ShouldBeLessThanOrEqualTo(10_000);
    }

    [Fact]
    public void A_segment_ends_when_its_first_record_is_older_than_segment_ms()
    {
        var rig = new StorageRig();
        var log = rig.Open(Large with { SegmentMs = 1000 });
        Append(rig, log);
        rig.Time.Advance(TimeSpan.FromMilliseconds(1000));
        Append(rig, log);
        log.SegmentCount.ShouldBe(1);
        rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        Append(rig, log);
        log.SegmentCount.ShouldBe(2);
    }

    [Fact]
    public void Jitter_ends_segments_earlier_each_by_its_own_time_and_never_by_more_than_it_says()
    {
        var ages = new HashSet<int>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var rig = new StorageRig(seed);
            var log = rig.Open(Large with { SegmentMs = 1000, SegmentJitterMs = 400 });
            var began = rig.NowMs;
            while (log.SegmentCount == 1)
            {
                Append(rig, log, valueBytes: 10);
                rig.Time.Advance(TimeSpan.FromMilliseconds(20));
            }

            var age = (int)(rig.NowMs - 20 - began);
            age.ShouldBeInRange(600, 1020, $"seed {seed}");
            ages.Add(age);
        }

        ages.Count.ShouldBeGreaterThan(5);
        ages.Min().ShouldBeLessThan(900);
    }

    [Fact]
    public void A_full_index_ends_its_segment()
    {
        var rig = new StorageRig();
        var log = rig.Open(Large with { SegmentIndexBytes = 36, IndexIntervalBytes = 1 });
        for (var i = 0; i < 5; i++)
        {
            Append(rig, log, valueBytes: 10);
        }

        log.SegmentCount.ShouldBe(1);
        Append(rig, log, valueBytes: 10);
        log.SegmentCount.ShouldBe(2);
        Length(rig, LogFileNames.OffsetIndex(0)).ShouldBe(32);
    }

    [Fact]
    public void Offsets_that_lie_too_far_from_the_segments_own_begin_another()
    {
        var rig = new StorageRig();
        var log = rig.Open(Large);
        log.AppendAsFollower(StorageRig.Batch(1, 10, rig.NowMs), 0).Error.ShouldBe(ErrorCode.None);
        log.AppendAsFollower(StorageRig.Batch(1, 10, rig.NowMs, baseOffset: int.MaxValue), 0).Error.ShouldBe(ErrorCode.None);
        log.SegmentCount.ShouldBe(1);
        log.AppendAsFollower(StorageRig.Batch(1, 10, rig.NowMs, baseOffset: int.MaxValue + 1L), 0).Error.ShouldBe(ErrorCode.None);
        log.SegmentCount.ShouldBe(2);
        rig.Disk.FileExists($"{Folder}/{LogFileNames.Log(int.MaxValue + 1L)}").ShouldBeTrue();
    }

    [Fact]
    public void A_preallocated_segment_has_its_whole_size_until_it_rolls_or_the_log_is_closed()
    {
        var rig = new StorageRig();
        var log = rig.Open(Large with { Preallocate = true });
        Append(rig, log);
        Length(rig, LogFileNames.Log(0)).ShouldBe(10_000);
        log.SizeInBytes.ShouldBeLessThan(2000);

        log.Roll();
        Length(rig, LogFileNames.Log(0)).ShouldBe(log.SizeInBytes);
        Length(rig, LogFileNames.Log(1)).ShouldBe(10_000);
        log.Close();
        Length(rig, LogFileNames.Log(1)).ShouldBe(0);
    }

    [Fact]
    public void A_crash_leaves_the_preallocated_bytes_and_recovery_takes_them_away()
    {
        var rig = new StorageRig();
        var log = rig.Open(Large with { Preallocate = true });
        Append(rig, log);
        var size = log.SizeInBytes;

        var after = rig.AfterKill();
        var recovered = after.Open(Large with { Preallocate = true }, new LogLoadState(0, 0, IsClean: false, IsEndKnown: false));
        recovered.LogEndOffset.ShouldBe(1);
        Length(after, LogFileNames.Log(0)).ShouldBe(size);
        Append(after, recovered);
        recovered.LogEndOffset.ShouldBe(2);
    }

    private static void Append(StorageRig rig, PartitionLog log, int valueBytes = 900) =>
        log.AppendAsLeader(StorageRig.Batch(1, valueBytes, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(ErrorCode.None);

    private static long Length(StorageRig rig, string name)
    {
        using var file = rig.Disk.Open($"{Folder}/{name}", DiskOpenMode.Read);
        return file.Length;
    }
}
