using Moldau.Protocol;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>What must be there after a life has ended and the next has begun.</summary>
internal sealed partial class NodeChecks
{
    /// <summary>The process is about to be gone: what it claimed to have synced is kept in mind.</summary>
    public void NoteBeforeEnd()
    {
        foreach (PartitionModel partition in Partitions)
        {
            if (LogOf(partition) is { IsLoaded: true } log)
            {
                partition.Synced = Math.Max(partition.Synced, Math.Min(log.RecoveryPoint, log.LogEndOffset));
                NoteStart(partition);
            }
        }
    }

    /// <summary>A stop in good order leaves everything on the device.</summary>
    public void NoteStopped()
    {
        foreach (PartitionModel partition in Partitions)
        {
            partition.Synced = Math.Max(partition.Synced, partition.Acknowledged);
        }
    }

    public void CheckStarted(CrashKind? after)
    {
        _seen.Clear();
        WithoutFaults(() =>
        {
            foreach (PartitionModel partition in Partitions)
            {
                Partition? found = Find(partition);
                partition.Require(found is not null, "the partition is lost");
                CheckStarted(partition, found!.Log, after);
            }
        });
    }

    /// <summary>Every record of every log, and the producers.</summary>
    public void CheckAll() => WithoutFaults(() =>
    {
        foreach (PartitionModel partition in Partitions)
        {
            if (LogOf(partition) is { } log)
            {
                CheckContent(partition, log);
            }
        }
    });

    /// <summary>The files as <c>moldau log verify</c> sees them. What is about to be deleted may be torn.</summary>
    public void VerifyFiles(string root)
    {
        List<string> problems = [];
        var inspector = new LogInspector(run.Machine.Disk);
        foreach (DiskEntry entry in run.Machine.Disk.List(root).Where(entry => LogFileNames.DirectoryKind(entry.Name) is not (PartitionDirectoryKind.Deleted or PartitionDirectoryKind.Stray)))
        {
            inspector.Verify($"{root}/{entry.Name}", problems.Add);
        }

        Require(problems.Count == 0, $"log verify finds: {string.Join("; ", problems)}");
    }

    private static void NoteProducer(PartitionModel partition, RecordBatchHeader batch, Dictionary<long, (short Epoch, int LastSequence, long Timestamp)> producers)
    {
        if (!batch.HasProducerId)
        {
            return;
        }

        if (producers.TryGetValue(batch.ProducerId, out var last) && last.Epoch == batch.ProducerEpoch && !partition.Topic.IsCompacted)
        {
            partition.Require(batch.BaseSequence == OracleBatch.Wrap(last.LastSequence, 1),
                $"P1: the batch at offset {batch.BaseOffset} of producer {batch.ProducerId} has sequence {batch.BaseSequence} after {last.LastSequence}");
        }

        producers[batch.ProducerId] = (batch.ProducerEpoch, batch.LastSequence, batch.MaxTimestamp);
    }

    private void CheckStarted(PartitionModel partition, PartitionLog log, CrashKind? after)
    {
        (long start, long end) = (log.LogStartOffset, log.LogEndOffset);
        long known = partition.At.Count == 0 ? 0 : partition.At.Keys.Max() + 1;
        run.World.Note($"{partition.Name} is from {start} to {end}, was {partition.Start} to {known}, acknowledged {partition.Acknowledged}, durable {partition.Durable}, synced {partition.Synced}");
        long least = Math.Max(partition.Synced, after == CrashKind.PowerLoss ? partition.Durable : partition.Acknowledged);
        partition.Require(end >= least, $"L2: the log ends at {end} after {after}; {least} was acknowledged or synced");
        if (end < known)
        {
            partition.Require(after == CrashKind.PowerLoss, $"I7: the log ends at {end} after {after}, offset {known - 1} was seen");
            partition.LoseFrom(end);
        }

        partition.Require(log.HighWatermark >= Math.Min(partition.HighWatermark, end), $"I6: the high watermark is {log.HighWatermark} after a start, {partition.HighWatermark} was seen");
        if (start > partition.Start && start == end)
        {
            // Nothing is left of the log; it goes on where it was.
            partition.Start = start;
        }

        NoteStart(partition);
        partition.Start = start;
        CheckContent(partition, log);
    }

    private void CheckContent(PartitionModel partition, PartitionLog log)
    {
        long position = log.LogStartOffset;
        Dictionary<long, (short Epoch, int LastSequence, long Timestamp)> producers = [];
        while (position < log.LogEndOffset)
        {
            using LogSlice slice = log.Read(position, 1 << 20, FetchIsolation.LogEnd, minOneBatch: true);
            partition.Require(slice.Error == ErrorCode.None && slice.Length > 0, $"I7: reading offset {position} of {log.LogStartOffset} to {log.LogEndOffset} gives {slice.Error} and {slice.Length} bytes");
            byte[] bytes = new byte[slice.Length];
            partition.Require(slice.CopyTo(bytes) == slice.Length, $"L1: the file ends within the slice at offset {position}");
            for (int at = 0; at < bytes.Length;)
            {
                partition.Require(RecordBatchHeader.TryReadSize(bytes.AsSpan(at), out int size) && size <= bytes.Length - at, $"L1: no whole batch at offset {position}");
                var batch = new RecordBatchHeader(bytes.AsSpan(at, size));
                NoteProducer(partition, batch, producers);
                // A log start that was not checkpointed comes back after a crash; the epochs before it do not.
                int? epoch = log.Epochs.EpochForOffset(batch.LastOffset);
                bool isForgotten = log.Epochs.EarliestEntry is { } earliest && earliest.StartOffset > batch.LastOffset && earliest.StartOffset <= Math.Max(partition.HighestStart, partition.DeletedBefore);
                partition.Require(epoch == batch.PartitionLeaderEpoch || isForgotten, $"I11: the batch at offset {batch.BaseOffset} has epoch {batch.PartitionLeaderEpoch}, the leader epochs say {epoch}");
                position = TakeBatch(partition, position, bytes.AsSpan(at, size));
                at += size;
            }
        }

        CheckProducers(partition, log, producers);
    }

    /// <summary>P2: the producers' state is what the batches in the log give.</summary>
    private void CheckProducers(PartitionModel partition, PartitionLog log, Dictionary<long, (short Epoch, int LastSequence, long Timestamp)> producers)
    {
        Dictionary<long, ProducerStatus> known = log.ActiveProducers().ToDictionary(status => status.ProducerId);
        foreach ((long id, (short epoch, int lastSequence, long timestamp)) in producers)
        {
            if (timestamp > run.World.NowMs - ProducerLifeMs)
            {
                partition.Require(known.TryGetValue(id, out ProducerStatus status) && status.ProducerEpoch == epoch && status.LastSequence == lastSequence,
                    $"P2: producer {id} has epoch {status.ProducerEpoch} and sequence {status.LastSequence}, its last batch has {epoch} and {lastSequence}");
            }
        }
    }

    /// <summary>Looking is not a step: nothing fails and nobody dies of it.</summary>
    private void WithoutFaults(Action look)
    {
        SimDisk disk = run.Machine.Disk;
        (long? diesAt, Func<string, string, DiskErrorKind?>? fault) = (disk.DiesAt, disk.Fault);
        (disk.DiesAt, disk.Fault) = (null, null);
        look();
        (disk.DiesAt, disk.Fault) = (diesAt, fault);
    }
}
