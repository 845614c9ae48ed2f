using Moldau.Core;
using Moldau.Protocol.Raft;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage.Tests;

/// <summary>What the inspection says of damaged files of each kind.</summary>
public sealed class LogInspectorDamageTests
{
    private const string Partition = StorageRig.Root + "/topic-0/";

    [Theory]
    [InlineData(Partition + "00000000000000000000.log", 40, "position 0, offset 0, has a wrong checksum")]
    [InlineData(Partition + "00000000000000000000.index", 7, "entry 0 at position 0: no batch with last offset")]
    [InlineData(Partition + "00000000000000000000.index", 4, "entry 0 at position 0: no batch with last offset")]
    [InlineData(Partition + "00000000000000000000.timeindex", 7, "entry 0 at position 0: no batch of the log with offset")]
    [InlineData(Partition + "00000000000000000000.timeindex", 11, "entry 0 at position 0: no batch of the log with offset")]
    [InlineData(Partition + "00000000000000000000.txnindex", 9, "entry 0 at position 0: the batch of the log with offset")]
    [InlineData(Partition + "00000000000000000000.txnindex", 10, "entry 0 at position 0: AbortedTransaction")]
    [InlineData(Partition + "00000000000000000000.txnindex", 0, "aborted transaction of version")]
    [InlineData(Partition + "00000000000000000002.snapshot", 12, "the checksum of the producer snapshot is")]
    [InlineData(Partition + "leader-epoch-checkpoint", 4, "line 3: ")]
    [InlineData(Partition + "partition.metadata", 14, "line 2 is ")]
    [InlineData(StorageRig.Root + "/recovery-point-offset-checkpoint", 0, "line 1: ")]
    [InlineData(StorageRig.Root + "/log-start-offset-checkpoint", 2, "line 2: ")]
    [InlineData(StorageRig.Root + "/replication-offset-checkpoint", 12, "line 3: ")]
    [InlineData(StorageRig.Root + "/cleaner-offset-checkpoint", 12, "line 3: ")]
    [InlineData(StorageRig.Root + "/meta.properties", -2, "version is '")]
    [InlineData(StorageRig.Root + "/__cluster_metadata-0/00000000000000000000.log", 40, "position 0, offset 0, has a wrong checksum")]
    [InlineData(StorageRig.Root + "/__cluster_metadata-0/00000000000000000007-0000000001.checkpoint", 40, "position 0, offset 0, has a wrong checksum")]
    [InlineData(StorageRig.Root + "/__cluster_metadata-0/quorum-state", 3, "not the state")]
    public void A_changed_byte_is_told_with_its_file_and_place(string path, int at, string told)
    {
        var rig = Written();
        Change(rig, path, at);
        Verify(rig).ShouldContain(problem => problem.StartsWith(path + ": ", StringComparison.Ordinal) && problem.Contains(told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Partition + "00000000000000000000.log", "no whole batch at position")]
    [InlineData(Partition + "00000000000000000000.index", "no whole number of entries of 8 bytes: the last entry, at position")]
    [InlineData(Partition + "00000000000000000000.timeindex", "no whole number of entries of 12 bytes: the last entry, at position")]
    [InlineData(Partition + "00000000000000000000.txnindex", "no whole number of entries of 34 bytes: the last entry, at position 0, is cut")]
    [InlineData(Partition + "00000000000000000002.snapshot", "the producer snapshot says")]
    [InlineData(StorageRig.Root + "/__cluster_metadata-0/00000000000000000007-0000000001.checkpoint", "no whole batch at position")]
    public void A_cut_file_is_told_with_the_place(string path, string told)
    {
        var rig = Written();
        using (var file = rig.Disk.Open(path, DiskOpenMode.ReadWrite))
        {
            file.SetLength(file.Length - 1);
        }

        Verify(rig).ShouldContain(problem => problem.StartsWith(path + ": ", StringComparison.Ordinal) && problem.Contains(told, StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_wrong_before_the_damage_and_what_recovery_cut_off_is_known()
    {
        var rig = Written();
        AtomicFile.Write(rig.Disk, Partition + "cut-00000000000000000042-86400000", "bytes");
        Verify(rig).ShouldBeEmpty();
        var lines = new List<string>();
        Inspector(rig).Dump(Partition + "cut-00000000000000000042-86400000", lines.Add);
        lines.ShouldContain("5 bytes that recovery cut off behind offset 42 at 1970-01-02 00:00:00Z, as they were damaged or behind damage");
    }

    [Fact]
    public void Properties_that_do_not_say_whose_the_directory_is_and_epochs_that_do_not_rise_are_told()
    {
        var rig = Written();
        AtomicFile.Write(rig.Disk, $"{StorageRig.Root}/meta.properties", "#\nnothing=1\n");
        AtomicFile.Write(rig.Disk, Partition + "leader-epoch-checkpoint", "0\n2\n3 10\n3 20\n");
        var problems = Verify(rig);
        problems.ShouldContain(problem => problem.StartsWith($"{StorageRig.Root}/meta.properties: there is neither", StringComparison.Ordinal));
        problems.ShouldContain($"{Partition}leader-epoch-checkpoint: line 4: epoch 3 from offset 20 does not rise above epoch 3 from offset 10");
    }

    [Fact]
    public void No_damage_of_any_file_ends_the_inspection()
    {
        const int Seed = 20261121;
        var random = new Random(Seed);
        var rig = Written();
        foreach (var path in Files(rig, StorageRig.Root).ToArray())
        {
            var whole = AtomicFile.Read(rig.Disk, path)!;
            for (var i = 0; i < 60 && whole.Length > 0; i++)
            {
                var damaged = whole.AsSpan(0, random.Next(4) == 0 ? random.Next(whole.Length) : whole.Length).ToArray();
                for (var changes = random.Next(4); changes >= 0 && damaged.Length > 0; changes--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                AtomicFile.Write(rig.Disk, path, damaged);
                Should.NotThrow(() => Verify(rig), $"seed {Seed}, {path}, change {i}: {Convert.ToHexString(damaged)}");
            }

            AtomicFile.Write(rig.Disk, path, whole);
        }
    }

    private static IEnumerable<string> Files(StorageRig rig, string path) => rig.Disk.List(path)
        .SelectMany(entry => entry.IsDirectory ? Files(rig, $"{path}/{entry.Name}") : [$"{path}/{entry.Name}"]);

    private static void Change(StorageRig rig, string path, int at)
    {
        using var file = rig.Disk.Open(path, DiskOpenMode.ReadWrite);
        var place = at < 0 ? file.Length + at : at;
        Span<byte> one = stackalloc byte[1];
        file.Read(one, place).ShouldBe(1);
        one[0] ^= 0x40;
        file.Write(one, place);
    }

    private static List<string> Verify(StorageRig rig)
    {
        var problems = new List<string>();
        Inspector(rig).Verify(StorageRig.Root, problems.Add);
        return problems;
    }

    private static LogInspector Inspector(StorageRig rig) => new(rig.Disk, new InspectionReaders
    {
        QuorumState = text => text == "the state" ? text : throw new InvalidDataException("not the state"),
    });

    /// <summary>A log directory with files of all kinds.</summary>
    private static StorageRig Written()
    {
        var rig = new StorageRig();
        using (var log = rig.Open(StorageRig.Small with { SegmentBytes = 1 << 20 }))
        {
            log.AppendAsLeader(StorageRig.Batch(2, 20, rig.NowMs, producerId: 7, epoch: 0, sequence: 0, transactional: true), leaderEpoch: 0);
            log.AppendAsLeader(ControlRecords.BuildMarker(new EndTransactionMarker(false, 0), 7, 0, rig.NowMs), leaderEpoch: 0, AppendOrigin.Coordinator);
            for (var i = 0; i < 10; i++)
            {
                log.AppendAsLeader(StorageRig.Batch(3, 20, rig.NowMs + 10 + i), leaderEpoch: 0);
            }

            log.AssignEpochStartOffset(0, 0);
            log.UpdateHighWatermark(log.LogEndOffset);
        }

        var directory = rig.Disk.List($"{StorageRig.Root}/topic-0");
        var snapshot = directory.Single(entry => entry.Name.EndsWith(".snapshot", StringComparison.Ordinal));
        rig.Disk.Move($"{Partition}{snapshot.Name}", $"{Partition}00000000000000000002.snapshot");
        PartitionMetadataFile.Write(rig.Disk, $"{StorageRig.Root}/topic-0", new Uuid(1, 2));
        AtomicFile.Write(rig.Disk, Partition + "leader-epoch-checkpoint", "0\n1\n0 0\n");
        foreach (var name in (string[])["recovery-point-offset", "log-start-offset", "replication-offset", "cleaner-offset"])
        {
            AtomicFile.Write(rig.Disk, $"{StorageRig.Root}/{name}-checkpoint", "0\n1\ntopic 0 12\n");
        }

        new MetaProperties(1, "cluster", 1, new Uuid(3, 4)).Write(rig.Disk, StorageRig.Root, rig.Time.GetUtcNow());
        var quorum = $"{StorageRig.Root}/__cluster_metadata-0";
        rig.Disk.CreateDirectory(quorum);
        AtomicFile.Write(rig.Disk, $"{quorum}/quorum-state", "the state");
        AtomicFile.Write(rig.Disk, $"{quorum}/{LogFileNames.Log(0)}", StorageRig.Batch(1, 20, rig.NowMs));
        AtomicFile.Write(rig.Disk, $"{quorum}/{LogFileNames.OffsetIndex(0)}", []);
        AtomicFile.Write(rig.Disk, $"{quorum}/{LogFileNames.TimeIndex(0)}", []);
        AtomicFile.Write(rig.Disk, $"{quorum}/{LogFileNames.MetadataSnapshot(7, 1)}", MetadataSnapshot(rig.NowMs));
        return rig;
    }

    private static byte[] MetadataSnapshot(long nowMs)
    {
        using var header = new RecordBatchBuilder();
        header.Begin(ControlRecords.RaftBatch(0, 1));
        ControlRecords.Append(header, nowMs, ControlRecordType.SnapshotHeader, new SnapshotHeaderRecord(), 0);
        using var footer = new RecordBatchBuilder();
        footer.Begin(ControlRecords.RaftBatch(1, 1));
        ControlRecords.Append(footer, nowMs, ControlRecordType.SnapshotFooter, new SnapshotFooterRecord(), 0);
        return [.. header.BuildArray(), .. footer.BuildArray()];
    }
}
