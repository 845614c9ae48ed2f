using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Storage.Tests;

/// <summary>What recovery cuts off a log: kept aside for a while, and told.</summary>
public sealed class CutBytesTests
{
    private const string Directory = $"{StorageRig.Root}/topic-0";

    [Fact]
    public void What_lies_behind_a_damaged_batch_is_kept_for_seven_days_and_reported()
    {
        var rig = Written(out var segments);
        var damaged = Flip(rig, segments[1].Name, 100);
        var lines = new List<string>();
        using (var log = Recover(rig, lines))
        {
            log.LogEndOffset.ShouldBe(OffsetOf(segments[1].Name));
            var kept = CutFiles(rig);
            kept.Select(file => file.Bytes).SelectMany(bytes => bytes).ToArray()
                .ShouldBe(damaged.Concat(segments.Skip(2).SelectMany(segment => segment.Bytes)).ToArray());
            kept[0].Name.ShouldBe($"cut-{segments[1].Name[..20]}-{rig.NowMs}");
            lines.ShouldContain(line => line.Contains($"the log ends at offset {log.LogEndOffset}; {damaged.Length} bytes from position 0 of {Directory}/{segments[1].Name}", StringComparison.Ordinal)
                && line.Contains("kept in", StringComparison.Ordinal));
        }

        // They stay through restarts, and go when their time is over.
        var later = rig.AfterKill();
        using (later.Open(StorageRig.Small, new LogLoadState(0, 0, IsClean: false, IsEndKnown: false)))
        {
            later.Time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
            later.Environment.Deletes.RunDue(later.NowMs);
            CutFiles(later).Count.ShouldBe(CutFiles(rig).Count);
            later.Time.Advance(TimeSpan.FromSeconds(1));
            later.Environment.Deletes.RunDue(later.NowMs);
            CutFiles(later).ShouldBeEmpty();
        }
    }

    [Fact]
    public void Room_that_was_not_used_is_cut_without_an_alarm()
    {
        var rig = Written(out var segments);
        using (var file = rig.Disk.Open($"{Directory}/{segments[^1].Name}", DiskOpenMode.ReadWrite))
        {
            file.SetLength(file.Length + 5000);
        }

        var lines = new List<string>();
        using var log = Recover(rig, lines);
        CutFiles(rig).ShouldBeEmpty();
        lines.ShouldNotContain(line => line.StartsWith("Warning", StringComparison.Ordinal));
        log.SizeInBytes.ShouldBe(segments.Sum(segment => segment.Bytes.Length));
    }

    [Fact]
    public void Without_space_nothing_is_kept_and_the_log_opens_all_the_same()
    {
        var rig = Written(out var segments);
        Flip(rig, segments[^1].Name, 100);
        rig.Disk.CapacityBytes = rig.Disk.UsedBytes;
        var lines = new List<string>();
        using var log = Recover(rig, lines);
        log.LogEndOffset.ShouldBe(OffsetOf(segments[^1].Name));
        CutFiles(rig).ShouldBeEmpty();
        lines.ShouldContain(line => line.Contains("not kept", StringComparison.Ordinal));
        rig.Disk.CapacityBytes = long.MaxValue;
    }

    private static StorageRig Written(out (string Name, byte[] Bytes)[] segments)
    {
        var rig = new StorageRig();
        using (var log = rig.Open())
        {
            for (var i = 0; i < 20; i++)
            {
                log.AppendAsLeader(StorageRig.Batch(2, 150, rig.NowMs), leaderEpoch: 0).Error.ShouldBe(Protocol.ErrorCode.None);
            }
        }

        segments = [.. rig.Disk.List(Directory).Where(entry => entry.Name.EndsWith(".log", StringComparison.Ordinal)).Select(entry => (entry.Name, Read(rig, entry.Name)))];
        segments.Length.ShouldBeGreaterThan(3);
        return rig;
    }

    /// <summary>Damages the first batch of a segment; the bytes of the segment then.</summary>
    private static byte[] Flip(StorageRig rig, string name, int position)
    {
        using var file = rig.Disk.Open($"{Directory}/{name}", DiskOpenMode.ReadWrite);
        var one = new byte[1];
        file.Read(one, position);
        one[0] ^= 0x10;
        file.Write(one, position);
        return Read(rig, name);
    }

    private static PartitionLog Recover(StorageRig rig, List<string> lines)
    {
        var environment = new LogEnvironment(new OpenFiles(rig.Disk), rig.Time, new NoEntropy(), logger: new ListLogger(lines));
        return PartitionLog.Open(environment, StorageRig.Partition, Directory, StorageRig.Small, new LogLoadState(0, 0, IsClean: false, IsEndKnown: false));
    }

    private static List<(string Name, byte[] Bytes)> CutFiles(StorageRig rig) =>
        [.. rig.Disk.List(Directory).Where(entry => entry.Name.StartsWith("cut-", StringComparison.Ordinal)).Select(entry => (entry.Name, Read(rig, entry.Name)))];

    private static byte[] Read(StorageRig rig, string name)
    {
        using var file = rig.Disk.Open($"{Directory}/{name}", DiskOpenMode.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    private static long OffsetOf(string name) => long.Parse(name.AsSpan(0, 20), System.Globalization.CultureInfo.InvariantCulture);

    private sealed class NoEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Clear();
    }

    private sealed class ListLogger(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
