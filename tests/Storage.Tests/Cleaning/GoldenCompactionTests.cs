using System.Text.Json;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>Compacts directories that Apache Kafka left, and some that it compacted: what a consumer makes of them stays the same.</summary>
public sealed class GoldenCompactionTests
{
    public static TheoryData<string> Names => ["plain", "codecs", "idempotent", "transactions", "transactions-v0", "compacted", "compact-delete", "internal-compacted", "timestamps", "unclean"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_directory_of_Apache_Kafka_can_be_compacted(string name)
    {
        var folder = GoldenDirectoryTests.Folder();
        Assert.SkipWhen(folder is null, "the data directories written by Apache Kafka (../shared/golden/dirs) are not here");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync($"{folder}/{name}.json", TestContext.Current.CancellationToken));
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1900000000));
        var disk = new MemoryDisk(time);
        GoldenDirectoryTests.Unpack($"{folder}/{name}.tar.gz", disk);
        var rig = new StorageRig(1, disk, time);
        disk.DeleteDirectory($"{StorageRig.Root}/{StorageRig.Partition}");
        using var manager = new LogManager(rig.Environment, new LogManagerOptions
        {
            LogDirectories = [.. json.RootElement.GetProperty("disk").EnumerateObject().Select(entry => entry.Name)],
            Cleaner = new CleanerOptions { IoBufferBytes = 8192 },
        });
        await manager.StartAsync(_ => LogConfig.Default with
        {
            Compact = true, Delete = false, MinCleanableDirtyRatio = 0, DeleteRetentionMs = 0, SegmentBytes = 1 << 20, ProducerIdExpirationMs = long.MaxValue / 4,
        });
        var before = new Dictionary<TopicPartition, (SortedDictionary<string, string> Values, string Producers)>();
        foreach (var log in manager.Logs)
        {
            log.UpdateHighWatermark(long.MaxValue);
            before.Add(log.Partition, (Values(log), Producers(log)));
            log.Roll();
        }

        time.Advance(TimeSpan.FromMinutes(1));

        manager.Cleaner.Status().Uncleanable.ShouldBeEmpty();
        manager.Cleaner.Status().Compactions.ShouldBeGreaterThan(0);
        foreach (var log in manager.Logs)
        {
            Values(log).ShouldBe(before[log.Partition].Values, $"{log.Partition}");
            Producers(log).ShouldBe(before[log.Partition].Producers, $"{log.Partition}");
        }
    }

    private static SortedDictionary<string, string> Values(PartitionLog log)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var record in CleaningRig.Read(log, FetchIsolation.TransactionCommitted).Where(record => record.Key is not null))
        {
            if (record.Value is null)
            {
                values.Remove(record.Key!);
            }
            else
            {
                values[record.Key!] = record.Value;
            }
        }

        return values;
    }

    private static string Producers(PartitionLog log) => string.Join(
        "; ", log.ActiveProducers().OrderBy(producer => producer.ProducerId).Select(producer => $"{producer.ProducerId} {producer.ProducerEpoch} {producer.LastSequence}"));
}
