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
                LeaderEpochCheckpointFile.Parse(path, Text(path)).ForEach(entry => report.Line($"epoch {entry.Epoch} starts at offset {entry.StartOffset}"));
                break;
            case LogFileNames.RecoveryPointCheckpoint or LogFileNames.ReplicationCheckpoint or LogFileNames.LogStartCheckpoint or LogFileNames.CleanerCheckpoint:
                foreach (var (partition, offset) in OffsetCheckpointFile.Parse(path, Text(path)))
                {
                    report.Line($"{partition} {offset}");
                }

                break;
            case LogFileNames.PartitionMetadata:
                report.Line($"topic id {PartitionMetadataFile.Parse(path, Text(path))}");
                break;
            case LogFileNames.MetaProperties:
                report.Line(MetaProperties.Parse(path, Text(path)).ToString());
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
        if (!LogFileNames.TryOffset(name, out var baseOffset) && !name.EndsWith(LogFileNames.MetadataSnapshotSuffix, StringComparison.Ordinal))
        {
            report.Line($"{(AtomicFile.Read(disk, path) ?? throw new CorruptFileException(path, "there is no such file")).Length} bytes of a kind that is not inspected");
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

    private string Text(string path) => AtomicFile.ReadText(disk, path) ?? throw new CorruptFileException(path, "there is no such file");
}
