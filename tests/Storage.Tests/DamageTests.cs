using System.Buffers.Binary;
using Moldau.Core;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests;

/// <summary>
/// Files with flipped bits, cut ends, zeros and rubbish, or none at all: a log opens or says why not, and what it serves is what was written, or carries a checksum that tells. MOLDAU_SEED=N
/// starts elsewhere, MOLDAU_FUZZ_COUNT=N tries so many seeds.
/// </summary>
public sealed class DamageTests
{
    private static readonly string[] Kinds = [".log", ".index", ".timeindex", ".txnindex", ".snapshot", LogFileNames.LeaderEpochCheckpoint, LogFileNames.PartitionMetadata];
    private static readonly string[] Checkpoints =
        [LogFileNames.RecoveryPointCheckpoint, LogFileNames.LogStartCheckpoint, LogFileNames.ReplicationCheckpoint, LogFileNames.CleanerCheckpoint, LogFileNames.CleanShutdown];

    private static int Seeds => Setting("MOLDAU_FUZZ_COUNT", 250);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_log_with_a_damaged_file_serves_nothing_that_was_not_written(bool isClean)
    {
        var first = Setting("MOLDAU_SEED", 1);
        for (var seed = first; seed < first + Seeds; seed++)
        {
            var random = new Random(seed);
            var rig = Written(random, out var oracle);
            var kind = Kinds[random.Next(Kinds.Length)];
            var what = Damage(rig.Disk, $"{StorageRig.Root}/{StorageRig.Partition}", name => name.EndsWith(kind, StringComparison.Ordinal), random);
            var where = $"seed {seed}, clean {isClean}, {what}";
            var state = new LogLoadState(0, isClean ? oracle.End : 0, isClean, IsEndKnown: isClean && random.Next(2) == 0);
            Guarded(where, () =>
            {
                using var log = rig.Open(state: state);
                Check(log, oracle, isClean, random, where);
            });
        }
    }

    [Fact]
    public async Task A_directory_with_a_damaged_checkpoint_starts_and_serves_nothing_that_was_not_written()
    {
        var first = Setting("MOLDAU_SEED", 1);
        for (var seed = first; seed < first + Seeds; seed++)
        {
            var random = new Random(seed);
            var rig = new StorageRig((ulong)seed, new MemoryDisk());
            rig.Disk.DeleteDirectory($"{StorageRig.Root}/{StorageRig.Partition}");
            var oracle = new LogOracle();
            using (var before = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = [StorageRig.Root] }))
            {
                await before.StartAsync(_ => StorageRig.Small);
                Fill(before.GetOrCreate(StorageRig.Partition, new Uuid(1, 2), StorageRig.Small), random, oracle, rig.NowMs);
            }

            var killed = rig.AfterKill();
            if (random.Next(2) == 0)
            {
                killed.Disk.DeleteFile($"{StorageRig.Root}/{LogFileNames.CleanShutdown}");
            }

            var what = Damage(killed.Disk, StorageRig.Root, name => Checkpoints.Contains(name), random);
            using var manager = new LogManager(killed.Environment, new LogManagerOptions { LogDirectories = [StorageRig.Root] });
            await manager.StartAsync(_ => StorageRig.Small);
            var where = $"seed {seed}, {what}";
            var log = manager.Find(StorageRig.Partition);
            log.ShouldNotBeNull(where);
            Guarded(where, () => Check(log, oracle, isClean: false, random, where));
        }
    }

    private static void Guarded(string where, Action work)
    {
        try
        {
            work();
        }
        catch (DiskException)
        {
            // A log that cannot be opened or read says so, and its owner answers with an error.
        }
        catch (Exception exception) when (exception is not ShouldAssertException)
        {
            throw new InvalidOperationException($"{where}: {exception.Message}", exception);
        }
    }

    private static void Check(PartitionLog log, LogOracle oracle, bool isClean, Random random, string where)
    {
        log.UpdateHighWatermark(log.LogEndOffset);
        var batches = oracle.Batches.ToDictionary(batch => batch.First);
        var end = log.LogEndOffset;
        for (var next = log.LogStartOffset; next < end;)
        {
            using var slice = log.Read(next, random.Next(1, 2000), FetchIsolation.HighWatermark, minOneBatch: true);
            if (slice.Length == 0)
            {
                break;
            }

            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            next = CheckBatches(bytes, batches, isClean, next, where);
        }

        log.FetchOffsetForTimestamp(random.NextInt64(0, log.LogEndOffset + 2) + 1000);
        log.CollectAbortedTransactions(0, long.MaxValue);
        log.AppendAsLeader(StorageRig.Batch(1, 10, 5000), leaderEpoch: 9);
        log.Flush();
    }

    /// <summary>What recovery has looked at is what was written. After a clean stop nobody looks: then a checksum must tell, and what no checksum covers is beyond us, as it is beyond Apache Kafka.</summary>
    private static long CheckBatches(byte[] bytes, Dictionary<long, (long First, long Last, byte[] Bytes)> batches, bool isClean, long next, string where)
    {
        for (var at = 0; at + 61 <= bytes.Length;)
        {
            var offset = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at));
            var size = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 8)) + 12;
            if (size < 61 || at + size > bytes.Length)
            {
                return isClean || at > 0 ? Math.Max(next + 1, offset) : next + 1;
            }

            var isIntact = Crc32C.Compute(bytes.AsSpan(at + 21, size - 21)) == BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 17));
            if (!isClean)
            {
                isIntact.ShouldBeTrue($"{where}: the batch at offset {offset} is damaged");
                batches.TryGetValue(offset, out var written).ShouldBeTrue($"{where}: a batch at offset {offset} was never written");
                written.Bytes.AsSpan(16).SequenceEqual(bytes.AsSpan(at + 16, size - 16)).ShouldBeTrue($"{where}: the batch at offset {offset} is another");
            }

            next = Math.Max(next + 1, offset + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 23)) + 1);
            at += size;
        }

        return next;
    }

    private static StorageRig Written(Random random, out LogOracle oracle)
    {
        var rig = new StorageRig();
        oracle = new LogOracle();
        using (var log = rig.Open())
        {
            Fill(log, random, oracle, 1000);
        }

        return rig;
    }

    private static void Fill(PartitionLog log, Random random, LogOracle oracle, long timestamp)
    {
        var sequence = 0;
        for (var i = 0; i < 30; i++)
        {
            var records = random.Next(1, 4);
            var batch = StorageRig.Batch(records, random.Next(100), timestamp + i, producerId: 7, epoch: 0, sequence: sequence);
            sequence += records;
            var result = log.AppendAsLeader(batch, leaderEpoch: i / 10);
            result.Error.ShouldBe(Protocol.ErrorCode.None, result.ErrorMessage);
            oracle.Append(result.FirstOffset, result.LastOffset, batch);
            if (i % 5 == 4)
            {
                Abort(log, oracle, timestamp + i, i / 10, i / 5);
            }
        }
    }

    private static void Abort(PartitionLog log, LogOracle oracle, long timestamp, int leaderEpoch, int sequence)
    {
        var batch = StorageRig.Batch(1, 20, timestamp, producerId: 8, epoch: 0, sequence: sequence, transactional: true);
        var result = log.AppendAsLeader(batch, leaderEpoch);
        result.Error.ShouldBe(Protocol.ErrorCode.None, result.ErrorMessage);
        oracle.Append(result.FirstOffset, result.LastOffset, batch);
        var marker = ControlRecords.BuildMarker(new EndTransactionMarker(false, 0), 8, 0, timestamp);
        result = log.AppendAsLeader(marker, leaderEpoch, AppendOrigin.Coordinator);
        result.Error.ShouldBe(Protocol.ErrorCode.None, result.ErrorMessage);
        oracle.Append(result.FirstOffset, result.LastOffset, marker);
    }

    /// <summary>Damages one of the files; what was done to which.</summary>
    private static string Damage(MemoryDisk disk, string directory, Predicate<string> isMeant, Random random)
    {
        var names = disk.List(directory).Where(entry => !entry.IsDirectory && isMeant(entry.Name)).Select(entry => entry.Name).ToArray();
        if (names.Length == 0)
        {
            return "nothing";
        }

        var path = $"{directory}/{names[random.Next(names.Length)]}";
        using var file = disk.Open(path, DiskOpenMode.ReadWrite);
        var position = file.Length == 0 ? 0 : random.NextInt64(file.Length);
        switch (random.Next(5))
        {
            case 0 when file.Length > 0:
                var one = new byte[1];
                file.Read(one, position);
                one[0] ^= (byte)(1 << random.Next(8));
                file.Write(one, position);
                return $"a bit of {path} at {position}";
            case 1:
                file.SetLength(position);
                return $"{path} cut at {position}";
            case 2:
                file.Write(new byte[random.Next(1, 200)], position);
                return $"zeros in {path} at {position}";
            case 3:
                var rubbish = new byte[random.Next(1, 200)];
                random.NextBytes(rubbish);
                file.Write(rubbish, random.Next(2) == 0 ? position : file.Length);
                return $"rubbish in {path} at {position}";
            default:
                disk.DeleteFile(path);
                return $"{path} deleted";
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), System.Globalization.CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
