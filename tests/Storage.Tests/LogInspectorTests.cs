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
