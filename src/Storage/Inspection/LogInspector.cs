using Moldau.Core;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// Reads any file of a log directory for people: what is in it, line by line, and what is wrong with it. Changes nothing, needs no running node, and takes whole directories as well.
/// Used by one thread.
/// </summary>
/// <param name="disk">The file system.</param>
/// <param name="readers">What rooms above know of the files; null shows those files as bytes.</param>
public sealed class LogInspector(IDisk disk, InspectionReaders? readers = null)
{
    private const string QuorumState = "quorum-state";
    private const long TimeMaxMs = 253_402_300_799_999;
    private readonly InspectionReaders readers = readers ?? new InspectionReaders();

    private static readonly string[] WaitingSuffixes = [LogFileNames.DeletedSuffix, LogFileNames.SwapSuffix, LogFileNames.CleanedSuffix];

    /// <summary>Writes what is in a file, or in each file of a directory, to <paramref name="line"/>.</summary>
    /// <param name="path">A file or a directory.</param>
    /// <param name="line">Gets each line.</param>
    /// <param name="withRecords">Each record of a batch too.</param>
    public void Dump(string path, Action<string> line, bool withRecords = false) => Walk(path, file =>
    {
        line($"# {file}");
        Inspect(file, new InspectionReport(line, problem => line($"! {problem}"), withRecords));
    });

    /// <summary>Writes what is wrong, and where, to <paramref name="problem"/>; the number of files that were looked at.</summary>
    public int Verify(string path, Action<string> problem)
    {
        var count = 0;
        Walk(path, file =>
        {
            count++;
            Inspect(file, new InspectionReport(_ => { }, found => problem($"{file}: {found}"), WithRecords: true));
        });
        return count;
    }

    private static string Plain(string name)
    {
        foreach (var suffix in WaitingSuffixes)
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return name[..^suffix.Length];
            }
        }

        return name;
    }

    private static bool IsMetadata(string path) =>
        path.Contains($"{LogFileNames.MetadataTopic}-0/", StringComparison.Ordinal) || path.EndsWith(LogFileNames.MetadataSnapshotSuffix, StringComparison.Ordinal);

    private void Walk(string path, Action<string> visit)
    {
        if (!disk.DirectoryExists(path))
        {
            visit(path);
            return;
        }

        foreach (var entry in disk.List(path))
        {
            Walk($"{path.TrimEnd('/')}/{entry.Name}", visit);
        }
    }

    private void Inspect(string path, InspectionReport report)
    {
        try
        {
            InspectKind(path, Plain(path[(path.LastIndexOf('/') + 1)..]), report);
        }
        catch (CorruptFileException exception)
        {
            report.Problem(exception.Reason);
        }
        catch (Exception exception) when (exception is ProtocolException or InvalidDataException or DiskException)
        {
            report.Problem(exception.Message);
        }
    }

    private void InspectKind(string path, string name, InspectionReport report)
    {
        var content = new SegmentInspection(disk, path, report, IsMetadata(path) ? readers.MetadataRecord : null);
        switch (name)
        {
            case LogFileNames.LeaderEpochCheckpoint:
                LeaderEpochs(LeaderEpochCheckpointFile.Parse(path, Text(path)), report);
                break;
            case LogFileNames.RecoveryPointCheckpoint or LogFileNames.ReplicationCheckpoint or LogFileNames.LogStartCheckpoint or LogFileNames.CleanerCheckpoint:
                Offsets(OffsetCheckpointFile.Parse(path, Text(path)), report);
                break;
            case LogFileNames.PartitionMetadata:
                report.Line($"topic id {PartitionMetadataFile.Parse(path, Text(path))}");
                break;
            case LogFileNames.MetaProperties:
                var properties = MetaProperties.Parse(path, Text(path));
                report.Line(properties.ToString());
                if (properties is { ClusterId: null, NodeId: null })
                {
                    report.Problem("there is neither a cluster.id nor a node.id: it does not say whose the directory is");
                }

                break;
            case QuorumState when readers.QuorumState is not null:
                report.Line(readers.QuorumState(Text(path)));
                break;
            case LogFileNames.Lock:
                report.Line("held by a running node");
                break;
            case LogFileNames.CleanShutdown:
                report.Line($"broker epoch {CleanShutdownFile.Parse(Text(path))}");
                break;
            default:
                InspectSegmentFile(path, name, content, report);
                break;
        }
    }

    private void InspectSegmentFile(string path, string name, SegmentInspection content, InspectionReport report)
    {
        if (CutFiles.TryParse(name, out var endOffset, out var cutMs))
        {
            var size = (AtomicFile.Read(disk, path) ?? throw NoFile(path)).Length;
            report.Line($"{size} bytes that recovery cut off behind offset {endOffset} at {DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(cutMs, TimeMaxMs)):u}, as they were damaged or behind damage");
            return;
        }

        if (!LogFileNames.TryOffset(name, out var baseOffset) && !name.EndsWith(LogFileNames.MetadataSnapshotSuffix, StringComparison.Ordinal))
        {
            report.Line($"{(AtomicFile.Read(disk, path) ?? throw NoFile(path)).Length} bytes of a kind that is not inspected");
            return;
        }

        switch (name[name.LastIndexOf('.')..])
        {
            case LogFileNames.LogSuffix:
                content.Log(baseOffset);
                break;
            case LogFileNames.MetadataSnapshotSuffix:
                content.Snapshot();
                break;
            case LogFileNames.OffsetIndexSuffix:
                content.OffsetIndex(baseOffset);
                break;
            case LogFileNames.TimeIndexSuffix:
                content.TimeIndex(baseOffset);
                break;
            case LogFileNames.TransactionIndexSuffix:
                content.TransactionIndex(baseOffset);
                break;
            case LogFileNames.ProducerSnapshotSuffix:
                ProducerSnapshot.Parse(path, AtomicFile.Read(disk, path) ?? []).ForEach(entry => report.Line(
                    $"producer {entry.ProducerId} epoch {entry.ProducerEpoch} last sequence {entry.LastSequence} last offset {entry.LastDataOffset} "
                    + $"coordinator epoch {entry.CoordinatorEpoch} transaction from {entry.CurrentTransactionFirstOffset} at {entry.LastTimestamp}"));
                break;
            default:
                report.Line("a kind that is not inspected");
                break;
        }
    }

    private string Text(string path) => AtomicFile.ReadText(disk, path) ?? throw NoFile(path);

    private static CorruptFileException NoFile(string path) => new(path, "there is no such file");

    private static void LeaderEpochs(List<EpochEntry> entries, InspectionReport report)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            report.Line($"epoch {entry.Epoch} starts at offset {entry.StartOffset}");
            var last = i == 0 ? new EpochEntry(-1, -1) : entries[i - 1];
            if (entry.Epoch <= last.Epoch || entry.StartOffset <= last.StartOffset)
            {
                report.Problem($"line {CheckpointText.FirstEntryLine + i}: epoch {entry.Epoch} from offset {entry.StartOffset} does not rise above epoch {last.Epoch} from offset {last.StartOffset}");
            }
        }
    }

    private static void Offsets(Dictionary<TopicPartition, long> offsets, InspectionReport report)
    {
        foreach (var (partition, offset) in offsets)
        {
            report.Line($"{partition} {offset}");
            if (offset < 0 || partition.Partition.Value < 0)
            {
                report.Problem($"the entry '{partition.Topic} {partition.Partition.Value} {offset}': neither a partition nor an offset is below 0");
            }
        }
    }
}
