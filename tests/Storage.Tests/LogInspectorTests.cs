using Moldau.Runtime;

namespace Moldau.Storage.Tests;

public sealed class LogInspectorTests
{
    [Fact]
    public void A_log_that_was_closed_has_nothing_wrong()
    {
        var rig = Written();
        var problems = new List<string>();
        new LogInspector(rig.Disk).Verify(StorageRig.Root, problems.Add).ShouldBeGreaterThan(6);
        problems.ShouldBeEmpty();
        var lines = new List<string>();
        new LogInspector(rig.Disk).Dump(StorageRig.Root, lines.Add, withRecords: true);
        lines.ShouldContain(line => line.StartsWith("position 0 offsets 0 to 2 count 3", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("  offset 2 timestamp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_changed_byte_is_named_with_file_and_position()
    {
        var rig = Written();
        var path = $"{StorageRig.Root}/{StorageRig.Partition}/{LogFileNames.Log(0)}";
        using (var file = rig.Disk.Open(path, DiskOpenMode.ReadWrite))
        {
            file.Write([0xff], 70);
        }

        var problems = new List<string>();
        new LogInspector(rig.Disk).Verify(StorageRig.Root, problems.Add);
        problems.ShouldHaveSingleItem().ShouldBe($"{path}: the batch at position 0, offset 0, has a wrong checksum");
    }

    [Fact]
    public void A_missing_index_and_a_cut_snapshot_of_the_metadata_are_named()
    {
        var rig = Written();
        var directory = $"{StorageRig.Root}/{StorageRig.Partition}";
        rig.Disk.DeleteFile($"{directory}/{LogFileNames.TimeIndex(0)}");
        rig.Disk.CreateDirectory($"{StorageRig.Root}/__cluster_metadata-0");
        AtomicFile.Write(rig.Disk, $"{StorageRig.Root}/__cluster_metadata-0/{LogFileNames.MetadataSnapshot(7, 1)}", StorageRig.Batch(3, 20, rig.NowMs));

        var problems = new List<string>();
        new LogInspector(rig.Disk).Verify(StorageRig.Root, problems.Add);
        problems.Count.ShouldBe(3);
        problems.ShouldContain(problem => problem.EndsWith("the snapshot has no header at position 0", StringComparison.Ordinal));
        problems.ShouldContain(problem => problem.EndsWith("the snapshot has no footer: it is not whole", StringComparison.Ordinal));
        problems.ShouldContain($"{directory}/{LogFileNames.Log(0)}: its index {LogFileNames.TimeIndex(0)} is missing");
    }

    [Fact]
    public void Values_of_the_metadata_log_are_read_by_whoever_knows_them()
    {
        var rig = Written();
        rig.Disk.CreateDirectory($"{StorageRig.Root}/__cluster_metadata-0");
        AtomicFile.Write(rig.Disk, $"{StorageRig.Root}/__cluster_metadata-0/{LogFileNames.Log(0)}", StorageRig.Batch(1, 20, rig.NowMs));
        AtomicFile.Write(rig.Disk, $"{StorageRig.Root}/__cluster_metadata-0/quorum-state", "the state");

        var lines = new List<string>();
        var readers = new InspectionReaders { MetadataRecord = value => $"{value.Length} bytes of metadata", QuorumState = text => "read " + text };
        new LogInspector(rig.Disk, readers).Dump(StorageRig.Root, lines.Add, withRecords: true);
        lines.Count(line => line.EndsWith("bytes of metadata", StringComparison.Ordinal)).ShouldBe(1);
        lines.ShouldContain("read the state");
    }

    private static StorageRig Written()
    {
        var rig = new StorageRig();
        using var log = rig.Open();
        for (var i = 0; i < 30; i++)
        {
            log.AppendAsLeader(StorageRig.Batch(3, 20, rig.NowMs + i), leaderEpoch: 0);
        }

        return rig;
    }
}
