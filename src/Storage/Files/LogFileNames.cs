using System.Globalization;
using Moldau.Core;

namespace Moldau.Storage;

/// <summary>Kafka's names of files and directories under a log directory.</summary>
public static class LogFileNames
{
    public const string LogSuffix = ".log";
    public const string OffsetIndexSuffix = ".index";
    public const string TimeIndexSuffix = ".timeindex";
    public const string TransactionIndexSuffix = ".txnindex";
    public const string ProducerSnapshotSuffix = ".snapshot";
    public const string MetadataSnapshotSuffix = ".checkpoint";
    public const string DeletedSuffix = ".deleted";
    public const string CleanedSuffix = ".cleaned";
    public const string SwapSuffix = ".swap";

    public const string LeaderEpochCheckpoint = "leader-epoch-checkpoint";
    public const string PartitionMetadata = "partition.metadata";
    public const string RecoveryPointCheckpoint = "recovery-point-offset-checkpoint";
    public const string ReplicationCheckpoint = "replication-offset-checkpoint";
    public const string LogStartCheckpoint = "log-start-offset-checkpoint";
    public const string CleanerCheckpoint = "cleaner-offset-checkpoint";
    public const string MetaProperties = "meta.properties";
    public const string Lock = ".lock";
    public const string CleanShutdown = ".kafka_cleanshutdown";

    /// <summary>The Raft log of the metadata quorum; the log manager leaves it to the Raft engine.</summary>
    public const string MetadataTopic = "__cluster_metadata";

    /// <summary>Where tiered storage caches indexes; not a partition.</summary>
    public const string RemoteIndexCache = "remote-log-index-cache";

    private const int NameLengthMax = 255;

    private static readonly string[] DirectorySuffixes = ["-delete", "-future", "-stray"];

    /// <summary>The 20-digit name that all files of the segment at <paramref name="offset"/> begin with.</summary>
    public static string Prefix(long offset) => offset.ToString("D20", CultureInfo.InvariantCulture);

    public static string Log(long baseOffset) => Prefix(baseOffset) + LogSuffix;

    public static string OffsetIndex(long baseOffset) => Prefix(baseOffset) + OffsetIndexSuffix;

    public static string TimeIndex(long baseOffset) => Prefix(baseOffset) + TimeIndexSuffix;

    public static string TransactionIndex(long baseOffset) => Prefix(baseOffset) + TransactionIndexSuffix;

    public static string ProducerSnapshot(long offset) => Prefix(offset) + ProducerSnapshotSuffix;

    /// <summary>A snapshot of the metadata log: <c>offset-epoch.checkpoint</c>.</summary>
    public static string MetadataSnapshot(long offset, int epoch) => Prefix(offset) + "-" + epoch.ToString("D10",
        CultureInfo.InvariantCulture) + MetadataSnapshotSuffix;

    /// <summary>The offset that a file's name begins with (up to the first dot), when it does.</summary>
    public static bool TryOffset(string fileName, out long offset)
    {
        offset = 0;
        var dot = fileName.IndexOf('.');
        return dot > 0 && long.TryParse(fileName.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset);
    }

    /// <summary>The directory of a partition.</summary>
    public static string Directory(TopicPartition partition) => partition.ToString();

    /// <summary>The name that a partition's directory gets while it waits to be deleted; long topic names are cut so that it stays within 255
    /// characters.</summary>
    public static string DeleteDirectory(TopicPartition partition, Guid unique) => CappedDirectory(partition, unique, "-delete");

    /// <summary>The name of a directory whose partition the cluster does not place here.</summary>
    public static string StrayDirectory(TopicPartition partition, Guid unique) => CappedDirectory(partition, unique, "-stray");

    /// <summary>The name of the directory that a partition moves into from another log directory.</summary>
    public static string FutureDirectory(TopicPartition partition, Guid unique) => $"{partition}.{unique:N}-future";

    /// <summary>The kind of a partition directory by its name.</summary>
    public static PartitionDirectoryKind DirectoryKind(string name) =>
        name.EndsWith("-delete", StringComparison.Ordinal) ? PartitionDirectoryKind.Deleted
        : name.EndsWith("-future", StringComparison.Ordinal) ? PartitionDirectoryKind.Future
        : name.EndsWith("-stray", StringComparison.Ordinal) ? PartitionDirectoryKind.Stray
        : PartitionDirectoryKind.Current;

    /// <summary>Reads <c>topic-partition</c> or <c>topic-partition.uniqueId-delete|-future|-stray</c>; false when the name has neither form.</summary>
    public static bool TryParseDirectory(string name, out TopicPartition partition)
    {
        partition = default;
        var rest = name;
        foreach (var suffix in DirectorySuffixes)
        {
            if (!name.EndsWith(suffix, StringComparison.Ordinal))
            {
                continue;
            }

            var dot = name.LastIndexOf('.');
            if (dot < 0 || dot + 1 >= name.Length - suffix.Length)
            {
                return false;
            }

            rest = name[..dot];
            break;
        }

        var dash = rest.LastIndexOf('-');
        if (dash <= 0 || !int.TryParse(rest.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        partition = new TopicPartition(rest[..dash], index);
        return true;
    }

    private static string CappedDirectory(TopicPartition partition, Guid unique, string suffix)
    {
        var tail = $"-{partition.Partition.Value}.{unique:N}{suffix}";
        string topic = partition.Topic;
        return string.Concat(topic.AsSpan(0, Math.Min(topic.Length, NameLengthMax - tail.Length)), tail);
    }
}
