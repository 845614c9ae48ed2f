using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage.Tests.Cleaning;

namespace Moldau.Storage.Tests;

/// <summary>Segments whose offsets are too large for their indexes, as brokers before 2.0 left them.</summary>
public sealed class OffsetOverflowTests
{
    private const long Far = int.MaxValue;

    private static readonly long[] Offsets = [0, 10, Far - 3, Far + 10, Far + 20, (2 * Far) + 40];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_segment_is_split_where_its_offsets_overflow_and_all_records_stay(bool isClean, bool hasSuccessor)
    {
        var rig = new StorageRig();
        Write(rig, 0, Offsets);
        if (hasSuccessor)
        {
            Write(rig, (2 * Far) + 41, [(2 * Far) + 41]);
        }

        var end = hasSuccessor ? (2 * Far) + 42 : (2 * Far) + 41;
        using (var log = Open(rig, isClean, end))
        {
            log.LogEndOffset.ShouldBe(end);
            BaseOffsets(rig).ShouldBe(hasSuccessor ? [0, Far + 10, (2 * Far) + 40, (2 * Far) + 41] : [0, Far + 10, (2 * Far) + 40]);
            ShouldHold(log, hasSuccessor ? [.. Offsets, (2 * Far) + 41] : Offsets);
        }

        // Another start finds nothing more to do.
        using var again = Open(rig.AfterKill(), isClean: false, end);
        ShouldHold(again, hasSuccessor ? [.. Offsets, (2 * Far) + 41] : Offsets);
    }

    [Fact]
    public void A_kill_at_any_step_of_a_split_loses_nothing()
    {
        var rig = new StorageRig();
        Write(rig, 0, Offsets);
        var begin = rig.Disk.Clone();
        rig.Disk.StartJournal();
        Open(rig, isClean: false, end: 0).Dispose();
        var disk = begin;
        for (var i = 0; i < rig.Disk.Journal.Count; i++)
        {
            using var log = Open(new StorageRig(1, disk.Clone()), isClean: false, end: 0);
            ShouldHold(log, Offsets, $"after {i} operations");
            disk.Apply(rig.Disk.Journal[i]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_damaged_offset_is_not_taken_for_an_overflow(int place)
    {
        // The offset is in no checksum: only what follows can tell.
        var rig = new StorageRig();
        Write(rig, 0, place == 0 ? [0, 1, Far + (1L << 40), 3] : [0, 1, 2, Far + (1L << 40)]);
        using var log = Open(rig, isClean: false, end: 0);
        ShouldHold(log, place == 0 ? [0, 1] : [0, 1, 2]);
        rig.Disk.List($"{StorageRig.Root}/{StorageRig.Partition}").ShouldContain(entry => entry.Name.StartsWith("cut-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_segment_whose_offsets_overflowed_is_compacted_after_the_start_has_split_it(bool isClean)
    {
        var rig = new StorageRig();
        Write(rig, 0, Offsets);
        Write(rig, (2 * Far) + 41, [(2 * Far) + 41]);
        if (isClean)
        {
            new OffsetCheckpointFile(rig.Disk, $"{StorageRig.Root}/{LogFileNames.RecoveryPointCheckpoint}").Write(
                [new(StorageRig.Partition, (2 * Far) + 42)]);
            CleanShutdownFile.Write(rig.Disk, StorageRig.Root, 1);
        }

        var cleaning = await CleaningRig.Start(CleaningRig.Compacted with { SegmentBytes = 1 << 20 }, rig: rig);
        cleaning.Log.LogEndOffset.ShouldBe((2 * Far) + 42);
        cleaning.Log.UpdateHighWatermark(cleaning.Log.LogEndOffset);
        cleaning.Roll();
        cleaning.Clean();

        cleaning.Manager.Cleaner.Status().Uncleanable.ShouldBeEmpty();
        cleaning.Checkpoint.ShouldBe((2 * Far) + 42);
        CleaningRig.Read(cleaning.Log).Select(record => record.Offset).ShouldBe([(2 * Far) + 41], "all records have one key: the last one stays");
    }

    private static PartitionLog Open(StorageRig rig, bool isClean, long end) =>
        rig.Open(StorageRig.Small with { SegmentBytes = 1 << 20 }, new LogLoadState(0, isClean ? end : 0, isClean, IsEndKnown: false));

    private static void Write(StorageRig rig, long segment, long[] offsets)
    {
        using var file = rig.Disk.Open($"{StorageRig.Root}/{StorageRig.Partition}/{LogFileNames.Log(segment)}", DiskOpenMode.OpenOrCreate);
        foreach (var offset in offsets)
        {
            file.Write(StorageRig.Batch(1, 20, rig.NowMs, baseOffset: offset), file.Length);
        }

        foreach (var name in new[] { LogFileNames.OffsetIndex(segment), LogFileNames.TimeIndex(segment) })
        {
            rig.Disk.Open($"{StorageRig.Root}/{StorageRig.Partition}/{name}", DiskOpenMode.OpenOrCreate).Dispose();
        }
    }

    private static long[] BaseOffsets(StorageRig rig) =>
    [
        .. rig.Disk.List($"{StorageRig.Root}/{StorageRig.Partition}").Where(entry => entry.Name.EndsWith(".log", StringComparison.Ordinal))
            .Select(entry => long.Parse(entry.Name.AsSpan(0, 20), System.Globalization.CultureInfo.InvariantCulture)).Order(),
    ];

    private static void ShouldHold(PartitionLog log, long[] offsets, string? where = null)
    {
        log.UpdateHighWatermark(log.LogEndOffset);
        var found = new List<long>();
        for (var next = 0L; next < log.LogEndOffset;)
        {
            using var slice = log.Read(next, 1, FetchIsolation.LogEnd, minOneBatch: true);
            slice.Length.ShouldBeGreaterThan(0, where);
            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            var offset = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes);
            found.Add(offset);
            next = offset + 1;
        }

        found.ToArray().ShouldBe(offsets, where);
    }
}
