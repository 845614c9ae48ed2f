using System.Diagnostics;

namespace Moldau.Runtime.Os.Tests;

public sealed class OsDiskTests
{
    public static TheoryData<OsDisk> Disks => OperatingSystem.IsLinux() ? [new OsDisk(linux: true), new OsDisk(linux: false)] : [new OsDisk()];

    [Theory]
    [MemberData(nameof(Disks))]
    public void What_is_written_is_read_at_its_position(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        using IDiskFile file = disk.Open(directory["a"], DiskOpenMode.CreateNew);
        file.Write("hello world"u8, 5);
        byte[] buffer = new byte[20];
        file.Read(buffer, 11).ShouldBe(5);
        buffer.AsSpan(0, 5).SequenceEqual("world"u8).ShouldBeTrue();
        file.Read(buffer, 16).ShouldBe(0);
        file.Length.ShouldBe(16);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void A_gather_write_of_more_buffers_than_one_call_takes_keeps_their_order(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        using IDiskFile file = disk.Open(directory["a"], DiskOpenMode.OpenOrCreate);
        byte[] all = new byte[2500 * 3];
        new Random(7).NextBytes(all);
        var parts = new List<ReadOnlyMemory<byte>>();
        for (int at = 0, size = 0; at < all.Length; at += size, size = (size + 1) % 6)
        {
            size = Math.Min(size, all.Length - at);
            parts.Add(all.AsMemory(at, size));
        }

        parts.Count.ShouldBeGreaterThan(2000);
        file.Write(parts, 10);
        byte[] read = new byte[all.Length];
        file.Read(read, 10).ShouldBe(all.Length);
        read.ShouldBe(all);
        file.Length.ShouldBe(10 + all.Length);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void Preallocating_makes_the_file_that_long_and_never_shorter(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        using IDiskFile file = disk.Open(directory["a"], DiskOpenMode.OpenOrCreate);
        file.Write("abc"u8, 0);
        file.Preallocate(100_000);
        file.Length.ShouldBe(100_000);
        file.Preallocate(50);
        file.Length.ShouldBe(100_000);
        file.SetLength(2);
        byte[] read = new byte[3];
        file.Read(read, 0).ShouldBe(2);
        file.Sync(dataOnly: true);
        file.Sync(dataOnly: false);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void Failures_name_their_kind_and_the_path(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        Fails(() => disk.Open(directory["none"], DiskOpenMode.Read), DiskErrorKind.NotFound, "none");
        Fails(() => disk.Open(directory["none"], DiskOpenMode.ReadWrite), DiskErrorKind.NotFound, "none");
        disk.Open(directory["there"], DiskOpenMode.CreateNew).Dispose();
        Fails(() => disk.Open(directory["there"], DiskOpenMode.CreateNew), DiskErrorKind.Exists, "there");
        Fails(() => disk.Move(directory["none"], directory["other"]), DiskErrorKind.NotFound, "none");
        Fails(() => disk.List(directory["none"]), DiskErrorKind.NotFound, "none");
        Fails(() => disk.LastModified(directory["none"]), DiskErrorKind.NotFound, "none");
        Fails(() => disk.SetLastModified(directory["none"], DateTimeOffset.UnixEpoch), DiskErrorKind.NotFound, "none");
    }

    [Fact]
    public void A_directory_that_is_missing_or_a_file_is_not_synced()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "directories are synced on Linux only");
        var disk = new OsDisk();
        using var directory = new TemporaryDirectory();
        disk.Open(directory["file"], DiskOpenMode.CreateNew).Dispose();
        disk.SyncDirectory(directory.Path);
        Fails(() => disk.SyncDirectory(directory["none"]), DiskErrorKind.NotFound, "none");
        Fails(() => disk.SyncDirectory(directory["file"]), DiskErrorKind.NotFound, "file");
    }

    [Fact]
    public void A_full_device_is_told_apart_from_a_broken_one()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/dev/full"), "needs /dev/full");
        using IDiskFile full = new OsDisk().Open("/dev/full", DiskOpenMode.ReadWrite);
        Fails(() => full.Write("x"u8, 0), DiskErrorKind.NoSpace, "/dev/full");
        Fails(() => full.Write([new byte[1], new byte[2]], 0), DiskErrorKind.NoSpace, "/dev/full");
    }

    [Fact]
    public void A_sync_that_the_system_refuses_throws()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the managed sync hides failures, which is why Linux does without it");

        // A pipe-like device cannot be synced: fsync answers EINVAL there, which RandomAccess.FlushToDisk swallows.
        using IDiskFile device = new OsDisk().Open("/dev/null", DiskOpenMode.ReadWrite);
        Fails(() => device.Sync(dataOnly: false), DiskErrorKind.Io, "/dev/null");
        Fails(() => device.Sync(dataOnly: true), DiskErrorKind.Io, "/dev/null");
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void Names_come_in_ordinal_order_hidden_ones_too(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        foreach (string name in (string[])["b", ".lock", "B", "a-0"])
        {
            disk.Open(directory[name], DiskOpenMode.CreateNew).Dispose();
        }

        disk.CreateDirectory(directory["a-1/deep"]);
        disk.List(directory.Path).ShouldBe(
            [new DiskEntry(".lock", false), new DiskEntry("B", false), new DiskEntry("a-0", false), new DiskEntry("a-1", true), new DiskEntry("b", false)]);
        disk.DeleteFile(directory["b"]).ShouldBeTrue();
        disk.DeleteFile(directory["b"]).ShouldBeFalse();
        disk.DeleteDirectory(directory["a-1"]).ShouldBeTrue();
        disk.DeleteDirectory(directory["a-1"]).ShouldBeFalse();
        disk.DirectoryExists(directory["a-1"]).ShouldBeFalse();
        disk.FileExists(directory["B"]).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void Moving_replaces_a_file_and_keeps_its_time(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        var time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        using (IDiskFile file = disk.Open(directory["new"], DiskOpenMode.CreateNew))
        {
            file.Write("new"u8, 0);
        }

        disk.Open(directory["old"], DiskOpenMode.CreateNew).Dispose();
        disk.SetLastModified(directory["new"], time);
        disk.Move(directory["new"], directory["old"]);
        disk.FileExists(directory["new"]).ShouldBeFalse();
        disk.LastModified(directory["old"]).ShouldBe(time);
        disk.CreateDirectory(directory["p-0"]);
        disk.Move(directory["p-0"], directory["p-0.delete"]);
        disk.DirectoryExists(directory["p-0.delete"]).ShouldBeTrue();
        disk.Space(directory.Path).TotalBytes.ShouldBeGreaterThan(0);
        disk.Space(directory.Path).UsableBytes.ShouldBeInRange(0, disk.Space(directory.Path).TotalBytes);
    }

    [Theory]
    [MemberData(nameof(Disks))]
    public void A_lock_is_held_once_until_released(OsDisk disk)
    {
        using var directory = new TemporaryDirectory();
        IDisposable? first = disk.TryLock(directory[".lock"]);
        first.ShouldNotBeNull();
        disk.TryLock(directory[".lock"]).ShouldBeNull();
        first.Dispose();
        using IDisposable? second = disk.TryLock(directory[".lock"]);
        second.ShouldNotBeNull();
    }

    [Fact]
    public void Another_process_sees_the_lock_as_a_posix_lock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/python3"), "needs python3, to try the lock from another process");
        using var directory = new TemporaryDirectory();
        using (new OsDisk().TryLock(directory[".lock"]).ShouldNotBeNull())
        {
            TryFromElsewhere(directory[".lock"]).ShouldBe("held");
        }

        TryFromElsewhere(directory[".lock"]).ShouldBe("free");
    }

    private static string TryFromElsewhere(string path)
    {
        const string script = """
            import fcntl, sys
            f = open(sys.argv[1], 'r+')
            try:
                fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                print('free')
            except OSError:
                print('held')
            """;
        using Process process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", script, path]) { RedirectStandardOutput = true })!;
        string answer = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return answer;
    }

    private static void Fails(Action action, DiskErrorKind kind, string path)
    {
        DiskException failure = Should.Throw<DiskException>(action);
        failure.Kind.ShouldBe(kind, failure.Message);
        failure.Message.ShouldContain(path);
    }
}
