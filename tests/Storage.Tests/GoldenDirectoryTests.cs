using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests;

/// <summary>Opens data directories that Apache Kafka left and compares what is in them with what Kafka's clients saw.</summary>
public sealed class GoldenDirectoryTests
{
    public static TheoryData<string> Names =>
    [
        "clean-by-4.3.1", "clean-initial", "clean-release-4.3", "clean-standalone", "clean-static", "codecs", "compact-delete", "compacted", "deleted-records", "from-4.3.1",
        "from-4.3.1-upgraded", "groups", "idempotent", "internal-compacted", "jbod", "jbod-future", "leader-epochs", "many-topics", "metadata", "offline-broker", "plain", "retention",
        "share-groups", "timestamps", "transactions", "transactions-prepared", "transactions-v0", "unclean", "unclean-checkpoints", "unclean-corrupt", "unclean-index", "unclean-torn",
    ];

    [Fact]
    public void Each_directory_that_Apache_Kafka_left_has_a_test()
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "the data directories written by Apache Kafka (../shared/golden/dirs) are not here");
        string[] named = [.. Names.Select(row => row.Data).Order(StringComparer.Ordinal)];
        Directory.GetFiles(folder, "*.tar.gz").Select(path => Path.GetFileName(path)[..^".tar.gz".Length]).Order(StringComparer.Ordinal).ShouldBe(named);
    }

    /// <summary>Nothing that lies there is changed by a start, and a stop without a request, but for what every start and stop of Apache Kafka changes, too.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_cleanly_stopped_directory_of_Apache_Kafka_is_left_as_it_is_and_has_nothing_wrong(string name)
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "the data directories written by Apache Kafka (../shared/golden/dirs) are not here");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync($"{folder}/{name}.json", TestContext.Current.CancellationToken));
        Assert.SkipWhen(json.RootElement.GetProperty("stopped").GetString() != "clean", "it was not stopped in good order");
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1700000000));
        var disk = new MemoryDisk(time);
        Unpack($"{folder}/{name}.tar.gz", disk);
        var rig = new StorageRig(1, disk, time);
        disk.DeleteDirectory(StorageRig.Root + "/" + StorageRig.Partition);
        var directories = json.RootElement.GetProperty("disk").EnumerateObject().Select(entry => entry.Name).ToArray();
        var before = Files(disk, directories);
        var problems = new List<string>();
        directories.Sum(directory => new LogInspector(disk).Verify(directory, problems.Add)).ShouldBeGreaterThan(5);
        problems.ShouldBeEmpty();

        using (var manager = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = directories }))
        {
            await manager.StartAsync(_ => LogConfig.Default);
            manager.EachLog().ShouldAllBe(log => !log.IsLoaded);
        }

        var after = Files(disk, directories);
        after.Except(before).Concat(before.Except(after)).ShouldBeEmpty();
    }

    private static List<string> Files(MemoryDisk disk, IEnumerable<string> directories)
    {
        var files = new List<string>();
        foreach (var directory in directories)
        {
            foreach (var entry in disk.List(directory))
            {
                var path = $"{directory}/{entry.Name}";
                if (entry.IsDirectory)
                {
                    files.AddRange(Files(disk, [path]));
                }
                else if (entry.Name is not (LogFileNames.CleanShutdown or LogFileNames.Lock))
                {
                    files.Add($"{path} {ContentOf(disk, path)}");
                }
            }
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_directory_of_Apache_Kafka_opens_with_its_offsets_and_times(string name)
    {
        var folder = Folder();
        Assert.SkipWhen(folder is null, "the data directories written by Apache Kafka (../shared/golden/dirs) are not here");
        Assert.SkipWhen(name == "transactions-prepared", "what is seen of it are the markers that a coordinator writes first");
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync($"{folder}/{name}.json", TestContext.Current.CancellationToken));
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1700000000));
        var disk = new MemoryDisk(time);
        Unpack($"{folder}/{name}.tar.gz", disk);
        var rig = new StorageRig(1, disk, time);
        disk.DeleteDirectory($"{StorageRig.Root}/{StorageRig.Partition}");
        var directories = json.RootElement.GetProperty("disk").EnumerateObject().Select(entry => entry.Name).ToArray();
        using var manager = new LogManager(rig.Environment, new LogManagerOptions { LogDirectories = directories });
        await manager.StartAsync(_ => LogConfig.Default with { ProducerIdExpirationMs = long.MaxValue / 4 });
        var problems = new List<string>();
        foreach (var topic in json.RootElement.GetProperty("seen").GetProperty("topics").EnumerateObject())
        {
            foreach (var partition in topic.Value.GetProperty("partitions").EnumerateObject())
            {
                Compare(manager, new TopicPartition(topic.Name, int.Parse(partition.Name)), partition.Value, problems);
            }
        }

        problems.ShouldBeEmpty();
    }

    /// <summary>The entries of a checkpoint have no order.</summary>
    private static string ContentOf(MemoryDisk disk, string path) => path.EndsWith("-offset-checkpoint", StringComparison.Ordinal)
        ? string.Join('|', AtomicFile.ReadText(disk, path)!.Split('\n').Order(StringComparer.Ordinal))
        : Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(AtomicFile.Read(disk, path)!));

    private static void Compare(LogManager manager, TopicPartition partition, JsonElement seen, List<string> problems)
    {
        if (!seen.TryGetProperty("highWatermark", out var highWatermark) || manager.Find(partition) is not { } log)
        {
            return;
        }

        log.UpdateHighWatermark(highWatermark.GetInt64());
        Same("log start", seen.GetProperty("logStartOffset").GetInt64(), log.LogStartOffset);
        Same("log end", highWatermark.GetInt64(), log.LogEndOffset);
        if (seen.TryGetProperty("lastStableOffset", out var lastStable))
        {
            Same("last stable offset", lastStable.GetInt64(), log.LastStableOffset);
        }

        if (seen.TryGetProperty("times", out var times))
        {
            foreach (var entry in times.EnumerateArray())
            {
                var found = log.FetchOffsetForTimestamp(entry[0].GetInt64());
                Same($"offset for {entry[0]}", entry[1].ValueKind == JsonValueKind.Null ? null : entry[1].GetInt64(), found?.Offset);
            }
        }

        if (seen.TryGetProperty("maxTimestamp", out var max) && max.ValueKind == JsonValueKind.Array && max.GetArrayLength() == 2)
        {
            var found = log.FetchOffsetForTimestamp(ListOffsetsTimestamps.MaxTimestamp);
            Same("largest timestamp", max[0].GetInt64(), found?.Timestamp ?? -1);
            Same("its offset", max[1].GetInt64(), found?.Offset ?? -1);
        }

        if (seen.TryGetProperty("epochEnds", out var ends))
        {
            foreach (var entry in ends.EnumerateArray())
            {
                var found = log.EndOffsetForEpoch(entry[0].GetInt32());
                Same($"end of epoch {entry[0]}", (entry[1].GetInt32(), entry[2].GetInt64()), found ?? (-1, -1));
            }
        }

        if (seen.TryGetProperty("batches", out var batches))
        {
            Same("batches", batches.GetProperty("count").GetInt32(), CountBatches(log));
        }

        if (seen.TryGetProperty("producers", out var producers))
        {
            Same("producers", producers.GetArrayLength(), log.ActiveProducers().Count);
        }

        void Same<T>(string what, T expected, T actual)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, actual))
            {
                problems.Add($"{partition}: {what} is {actual}, Apache Kafka has {expected}");
            }
        }
    }

    private static int CountBatches(PartitionLog log)
    {
        var count = 0;
        for (var offset = log.LogStartOffset; offset < log.LogEndOffset;)
        {
            using var slice = log.Read(offset, int.MaxValue, FetchIsolation.LogEnd, minOneBatch: true);
            if (slice.Length == 0)
            {
                break;
            }

            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            foreach (var batch in new Records.RecordBatchReader(bytes))
            {
                batch.EnsureValid();
                count++;
                offset = batch.NextOffset;
            }
        }

        return count;
    }

    internal static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "..", "shared", "golden", "dirs");
            if (File.Exists(Path.Combine(folder.FullName, "Moldau.slnx")))
            {
                return Directory.Exists(candidate) ? candidate : null;
            }
        }

        return null;
    }

    internal static void Unpack(string archive, MemoryDisk disk)
    {
        using var plain = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType == TarEntryType.Directory)
            {
                disk.CreateDirectory(entry.Name);
            }
            else if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
            {
                var content = new MemoryStream();
                entry.DataStream?.CopyTo(content);
                using var file = disk.Open(entry.Name, DiskOpenMode.Truncate);
                file.Write(content.ToArray(), 0);
            }
        }
    }
}
