using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>A node is killed after each single change that a compaction makes to the disk, and each single operation of a compaction fails: no last value of a key is ever lost or wrong.</summary>
public sealed class CompactionCrashTests
{
    private static readonly CleanerOptions Small = new() { IoBufferBytes = 1500, DedupeBufferBytes = OffsetMap.EntryBytes * 12 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_prefix_of_the_disk_operations_opens_with_the_last_values(int seed)
    {
        var rig = await CleaningRig.Start(cleaner: Small);
        var begin = rig.Disk.Clone();
        rig.Disk.StartJournal();
        var moments = Work(rig, new Random(seed));
        var disk = begin;
        for (var i = 0; i <= rig.Disk.Journal.Count; i++)
        {
            var last = moments.FindLastIndex(moment => moment.Operations <= i);
            await Check(disk.Clone(), moments, last, $"seed {seed}, after {i} operations", compactsAgain: i % 7 == 0);
            if (i < rig.Disk.Journal.Count)
            {
                disk.Apply(rig.Disk.Journal[i]);
            }
        }
    }

    [Theory]
    [InlineData(DiskErrorKind.NoSpace)]
    [InlineData(DiskErrorKind.Io)]
    public async Task Any_operation_of_a_compaction_may_fail(DiskErrorKind kind)
    {
        var failures = 0;
        for (var n = 0; ; n++)
        {
            var rig = await CleaningRig.Start(cleaner: Small);
            Fill(rig, new Random(5));
            var expected = Values(rig.Log);
            var count = 0;
            rig.Disk.Fault = (_, path) => path.Contains("topic-0/", StringComparison.Ordinal) && count++ == n ? kind : null;
            rig.Clean();
            rig.Disk.Fault = null;
            if (count <= n)
            {
                break;
            }

            failures++;
            if (kind == DiskErrorKind.NoSpace && rig.Manager.Directories[0].IsOnline)
            {
                Values(rig.Log).ShouldBe(expected, $"operation {n}");
                rig.Clean();
                rig.Checkpoint.ShouldBe(rig.Log.ActiveBaseOffset, $"operation {n}");
                Values(rig.Log).ShouldBe(expected, $"operation {n}");
            }

            var again = await rig.AfterKill(cleaner: Small);
            again.Log.UpdateHighWatermark(long.MaxValue);
            Values(again.Log).ShouldBe(expected, $"operation {n}");
            again.Clean();
            Values(again.Log).ShouldBe(expected, $"operation {n}");
            again.Files().ShouldNotContain(name => name.EndsWith(".cleaned", StringComparison.Ordinal) || name.EndsWith(".swap", StringComparison.Ordinal), $"operation {n}");
        }

        failures.ShouldBeGreaterThan(20);
    }

    private static List<(int Operations, SortedDictionary<string, string> Values)> Work(CleaningRig rig, Random random)
    {
        var moments = new List<(int, SortedDictionary<string, string>)> { (0, []) };
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var round = 0; round < 4; round++)
        {
            for (var i = 0; i < 12; i++)
            {
                var key = $"key{random.Next(8)}";
                var value = random.Next(5) == 0 ? null : $"{round}.{i} {new string('x', random.Next(150))}";
                rig.Append((key, value), ($"other{random.Next(20)}", null));
                Apply(values, key, value);
                moments.Add((rig.Disk.Journal.Count, new SortedDictionary<string, string>(values, StringComparer.Ordinal)));
            }

            rig.Roll();
            rig.Clean();
            rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        }

        return moments;
    }

    private static void Apply(SortedDictionary<string, string> values, string key, string? value)
    {
        if (value is null)
        {
            values.Remove(key);
        }
        else
        {
            values[key] = value;
        }
    }

    private static void Fill(CleaningRig rig, Random random)
    {
        for (var i = 0; i < 40; i++)
        {
            var isIdempotent = i % 4 == 0;
            rig.Append(
                isIdempotent ? new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 0, BaseSequence = i / 4 } : new RecordBatchOptions(), ($"key{random.Next(8)}", $"{i} {new string('x', random.Next(150))}"));
        }

        rig.Transactional(9, 0, 0, ("key1", "aborted"));
        rig.End(9, 0, isCommit: false);
        rig.Roll();
    }

    private static async Task Check(
        MemoryDisk disk, List<(int Operations, SortedDictionary<string, string> Values)> moments, int last, string where, bool compactsAgain)
    {
        var rig = await CleaningRig.Start(cleaner: Small, rig: new StorageRig(1, disk));
        rig.Log.UpdateHighWatermark(long.MaxValue);
        var values = Values(rig.Log);
        var isNext = last + 1 < moments.Count && values.SequenceEqual(moments[last + 1].Values);
        (values.SequenceEqual(moments[last].Values) || isNext).ShouldBeTrue($"{where}: {string.Join(", ", values)} instead of {string.Join(", ", moments[last].Values)}");
        if (compactsAgain)
        {
            rig.Roll();
            rig.Clean();
            Values(rig.Log).ShouldBe(values, where);
            rig.Files().ShouldNotContain(name => name.EndsWith(".cleaned", StringComparison.Ordinal) || name.EndsWith(".swap", StringComparison.Ordinal), where);
        }

        rig.Manager.Abandon();
    }

    private static SortedDictionary<string, string> Values(PartitionLog log)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in CleaningRig.Read(log, FetchIsolation.TransactionCommitted))
        {
            Apply(values, record.Key!, record.Value);
        }

        return values;
    }
}
