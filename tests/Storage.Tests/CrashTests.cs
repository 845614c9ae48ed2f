using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests;

/// <summary>A process is killed after each single change it makes to the disk; the log must come back as a prefix that holds everything that was answered
/// by then.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_log_recovers_from_every_prefix_of_its_disk_operations(int seed)
    {
        var rig = new StorageRig((ulong)seed);
        var begin = rig.Disk.Clone();
        rig.Disk.StartJournal();
        var answered = Work(rig, new Random(seed), out var oracle);
        var disk = begin;
        for (var i = 0; i <= rig.Disk.Journal.Count; i++)
        {
            var acknowledged = answered.Where(entry => entry.Operations <= i).Select(entry => entry.End).DefaultIfEmpty(0).Last();
            Recover(disk.Clone(), oracle, acknowledged, $"seed {seed}, after {i} operations");
            if (i < rig.Disk.Journal.Count)
            {
                disk.Apply(rig.Disk.Journal[i]);
            }
        }
    }

    private static List<(int Operations, long End)> Work(StorageRig rig, Random random, out LogOracle oracle)
    {
        oracle = new LogOracle();
        var answered = new List<(int, long)>();
        using var log = rig.Open();
        for (var i = 0; i < 40; i++)
        {
            var batch = StorageRig.Batch(random.Next(1, 4), random.Next(150), rig.NowMs + i, producerId: 7, epoch: 0, sequence: (int)oracle.End);
            var result = log.AppendAsLeader(batch, leaderEpoch: i / 15);
            oracle.Append(result.FirstOffset, result.LastOffset, batch);
            answered.Add((rig.Disk.Journal.Count, oracle.End));
            if (i % 9 == 8)
            {
                log.Flush();
            }
        }

        return answered;
    }

    private static void Recover(MemoryDisk disk, LogOracle oracle, long acknowledged, string where)
    {
        var rig = new StorageRig(1, disk);
        using var log = rig.Open(state: new LogLoadState(0, 0, IsClean: false, IsEndKnown: false));
        log.LogEndOffset.ShouldBeGreaterThanOrEqualTo(acknowledged, where);
        log.LogEndOffset.ShouldBeLessThanOrEqualTo(oracle.End, where);
        var read = new List<byte>();
        for (var offset = 0L; offset < log.LogEndOffset;)
        {
            using var slice = log.Read(offset, int.MaxValue, FetchIsolation.LogEnd, minOneBatch: true);
            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            bytes.Length.ShouldBeGreaterThan(0, where);
            read.AddRange(bytes);
            var end = oracle.Batches.Where(batch => batch.First >= offset).TakeWhile(_ => true);
            var size = 0;
            foreach (var batch in end)
            {
                size += batch.Bytes.Length;
                offset = batch.Last + 1;
                if (size == bytes.Length)
                {
                    break;
                }
            }
        }

        var expected = oracle.From(0);
        read.SequenceEqual(expected.Take(read.Count)).ShouldBeTrue(where);
        if (log.LogEndOffset > 0)
        {
            var producer = log.ActiveProducers().ShouldHaveSingleItem(where);
            producer.LastSequence.ShouldBe((int)log.LogEndOffset - 1, where);
        }
    }
}
