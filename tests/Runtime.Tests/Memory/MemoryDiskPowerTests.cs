using System.Text;
using Moldau.Runtime.Memory;

namespace Moldau.Runtime.Tests;

public class MemoryDiskPowerTests
{
    [Fact]
    public void Without_power_a_file_ends_where_it_was_synced()
    {
        var disk = new MemoryDisk();
        using var file = disk.Open("f", DiskOpenMode.OpenOrCreate);
        file.Write("synced"u8, 0);
        file.Sync(dataOnly: true);
        file.Write("lost"u8, 6);

        Content(disk.CloneSynced()).ShouldBe("synced");
        Content(disk.Clone()).ShouldBe("syncedlost");
    }

    [Fact]
    public void What_was_written_over_synced_bytes_becomes_zeros()
    {
        var disk = new MemoryDisk();
        using var file = disk.Open("f", DiskOpenMode.OpenOrCreate);
        file.Preallocate(6);
        file.Write("ab"u8, 0);
        file.Sync(dataOnly: true);
        file.Write("cd"u8, 2);

        Content(disk.CloneSynced()).ShouldBe("ab\0\0\0\0");
    }

    [Fact]
    public void A_kill_does_not_make_bytes_durable()
    {
        var disk = new MemoryDisk();
        using (var file = disk.Open("f", DiskOpenMode.OpenOrCreate))
        {
            file.Write("lost"u8, 0);
        }

        Content(disk.Clone().CloneSynced()).ShouldBe("");
    }

    [Fact]
    public void A_copy_counts_the_bytes_it_has()
    {
        var disk = new MemoryDisk();
        using var file = disk.Open("f", DiskOpenMode.OpenOrCreate);
        file.Write("synced"u8, 0);
        file.Sync(dataOnly: true);
        file.SetLength(4);
        file.Write("lost"u8, 4);

        disk.CloneSynced().UsedBytes.ShouldBe(4);
        disk.Clone().UsedBytes.ShouldBe(8);
        Content(disk.CloneSynced()).ShouldBe("sync");
    }

    private static string Content(MemoryDisk disk)
    {
        using var file = disk.Open("f", DiskOpenMode.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0).ShouldBe(bytes.Length);
        return Encoding.ASCII.GetString(bytes);
    }
}
