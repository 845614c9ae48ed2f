using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    private const short UnknownTransactionVersion = -1;

    /// <summary>
    /// Appends a batch as the partition's leader: it is checked as Kafka's leader checks it, gets its offsets and the leader's epoch, and the same bytes
    /// go to the file.
    /// The Raft leader assigns offsets and epochs itself and may bring several batches.
    /// </summary>
    /// <param name="records">One batch; what follows it and is no whole batch is dropped. Changed in place, also when it is refused.</param>
    /// <param name="leaderEpoch">The leader's epoch.</param>
    /// <param name="origin">Who appends.</param>
    /// <param name="guard">From <see cref="BeginVerification"/>, for transactional batches.</param>
    /// <param name="transactionVersion">Of the coordinator that writes a marker: from version 2 on the marker must raise the producer's epoch
    /// (KIP-890).</param>
    public AppendResult AppendAsLeader(
        Memory<byte> records,
        int leaderEpoch,
        AppendOrigin origin = AppendOrigin.Client,
        VerificationGuard guard = default,
        short transactionVersion = UnknownTransactionVersion) => failure is { } broken
            ? Fail(ErrorCode.KafkaStorageError, $"{Partition}: {broken.Message}")
            : origin == AppendOrigin.RaftLeader
                ? AppendAssigned(records.Span, leaderEpoch, AppendSource.RaftLeader)
                : AppendUnassigned(records, leaderEpoch, origin, guard, transactionVersion);

    /// <summary>
    /// Appends what was fetched from the leader, as it is. Batches of a later epoch than <paramref name="leaderEpoch"/>, and those behind them, are left
    /// out: they come again from the leader of that epoch.
    /// </summary>
    public AppendResult AppendAsFollower(ReadOnlyMemory<byte> records, int leaderEpoch) => failure is { } broken
        ? Fail(ErrorCode.KafkaStorageError, $"{Partition}: {broken.Message}")
        : AppendAssigned(records.Span, leaderEpoch, AppendSource.Replication);

    /// <summary>Whether an append of that size and largest timestamp begins a segment, which makes files and may sync some. A guess: others append meanwhile.</summary>
    public bool IsRollDue(int sizeInBytes, long maxTimestamp)
    {
        if (!loaded)
        {
            return false;
        }

        var settings = config;
        var now = environment.NowMs;
        return segments.Last.MayRoll(settings, sizeInBytes, settings.LogAppendTime ? now : maxTimestamp, now);
    }

    /// <summary>Called when this node becomes leader: its epoch begins at the log end. The file hears of it with the epoch's first record.</summary>
    public void AssignEpochStartOffset(int leaderEpoch, long startOffset)
    {
        Guarded(() => Epochs.AssignLater(leaderEpoch, startOffset));
    }

    /// <summary>The batches have their offsets: checks that they are whole and in order.</summary>
    private AppendResult AppendAssigned(ReadOnlySpan<byte> records, int leaderEpoch, AppendSource origin)
    {
        var valid = 0;
        var batches = default(BatchSummary);
        while (BatchHeader.TryRead(records[valid..], out var batch) && batch.SizeInBytes <= records.Length - valid)
        {
            if (origin == AppendSource.Replication && batch.LeaderEpoch > leaderEpoch && batch.LeaderEpoch != -1)
            {
                break;
            }

            if (origin == AppendSource.RaftLeader && batch.LeaderEpoch != leaderEpoch)
            {
                return Fail(ErrorCode.InvalidRecord, $"The Raft leader of epoch {leaderEpoch} appends a batch of epoch {batch.LeaderEpoch} to {Partition}");
            }

            if (!batch.IsIntact(records[valid..]))
            {
                return Fail(ErrorCode.CorruptMessage, $"The batch at offset {batch.BaseOffset} for {Partition} is corrupt (stored checksum {batch.Crc})");
            }

            if (batches.Count > 0 && batch.BaseOffset <= batches.LastOffset)
            {
                return Fail(ErrorCode.InvalidRecord, $"Batches for {Partition} are out of order: offset {batch.BaseOffset} comes after {batches.LastOffset}");
            }

            batches.Add(batch);
            valid += batch.SizeInBytes;
        }

        if (valid == 0)
        {
            return Fail(ErrorCode.None, message: null);
        }

        lock (gate)
        {
            try
            {
                EnsureLoaded();
                return isReplaced ? Fail(ErrorCode.NotLeaderOrFollower, $"{Partition} has moved to another log directory")
                    : batches.FirstOffset < LogEndOffset
                    ? Fail(ErrorCode.OffsetOutOfRange,
                        $"The first offset {batches.FirstOffset} of an append to {Partition} is below the log end offset {LogEndOffset}")
                    : Write(records[..valid], batches, origin, VerificationGuard.None, UnknownTransactionVersion, logAppendTimeMs: -1);
            }
            catch (DiskException exception)
            {
                return Abandon(exception);
            }
        }
    }

    /// <summary>A write failed: what the append would have changed is forgotten.</summary>
    private AppendResult Abandon(DiskException exception)
    {
        producers.Discard();
        completed.Clear();
        return Refuse(exception);
    }

    private AppendResult Write(ReadOnlySpan<byte> records, BatchSummary batches, AppendSource origin, VerificationGuard guard,
        short transactionVersion, long logAppendTimeMs)
    {
        var settings = config;
        if (records.Length > settings.SegmentBytes)
        {
            return Fail(ErrorCode.RecordListTooLarge,
                $"{records.Length} bytes of batches for {Partition} do not fit in a segment of {settings.SegmentBytes} bytes");
        }

        for (var rest = records; BatchHeader.TryRead(rest, out var batch); rest = rest[batch.SizeInBytes..])
        {
            if (batch.LeaderEpoch >= 0)
            {
                Epochs.Assign(batch.LeaderEpoch, batch.BaseOffset);
            }
        }

        var segment = segments.Last;
        if (segment.ShouldRoll(settings, records.Length, batches.MaxTimestamp, batches.LastOffset, environment.NowMs))
        {
            segment = RollTo(batches.FirstOffset);
        }

        var error = CheckProducers(records, segment, origin, guard, transactionVersion, out var duplicate, out var message);
        if (error != ErrorCode.None || duplicate is not null)
        {
            producers.Discard();
            completed.Clear();
            return duplicate is { } first ? Duplicate(first) : Fail(error, message);
        }

        segment.Append(records, batches.LastOffset);
        SetEnd(batches.LastOffset + 1);
        producers.Commit();
        foreach (var transaction in completed)
        {
            var lastStableOffset = producers.LastStableOffset(transaction);
            if (transaction.IsAborted)
            {
                segment.TransactionIndex.Append(new AbortedTransaction(transaction.ProducerId, transaction.FirstOffset, transaction.LastOffset,
                    lastStableOffset));
            }

            producers.Complete(transaction);
        }

        completed.Clear();
        producers.Advance(batches.LastOffset + 1);
        UpdateFirstUnstable();
        var isFlushDue = batches.LastOffset + 1 - recoveryPoint >= settings.FlushMessages;
        if (isFlushDue && SyncEnded is null)
        {
            FlushAfterAppend();
        }

        return new AppendResult
        {
            FirstOffset = batches.FirstOffset,
            LastOffset = batches.LastOffset,
            LogAppendTimeMs = logAppendTimeMs,
            MaxTimestamp = batches.MaxTimestamp,
            LogStartOffset = StartOffset,
            LastLeaderEpoch = batches.LastLeaderEpoch,
            SizeInBytes = records.Length,
            IsFlushDue = isFlushDue,
        };
    }

    /// <summary>flush.messages: the records are in the log already, so that a full disk does not refuse them any more; the next append tries again.</summary>
    private void FlushAfterAppend()
    {
        try
        {
            Flush();
        }
        catch (DiskException exception) when (exception.Kind == DiskErrorKind.NoSpace)
        {
            environment.Logger.LogWarning("{Partition}: flush.messages could not flush: {Reason}", Partition, exception.Message);
        }
    }

    private ErrorCode CheckProducers(
        ReadOnlySpan<byte> records,
        Segment segment,
        AppendSource origin,
        VerificationGuard guard,
        short transactionVersion,
        out ProducerBatch? duplicate,
        out string? message)
    {
        duplicate = null;
        message = null;
        var position = segment.Size;
        for (var rest = records; BatchHeader.TryRead(rest, out var batch); rest = rest[batch.SizeInBytes..])
        {
            var place = new LogOffsetMetadata(batch.BaseOffset, segment.BaseOffset, position);
            position += batch.SizeInBytes;
            if (!batch.HasProducerId)
            {
                continue;
            }

            var entry = producers.Find(batch.ProducerId);
            if (origin == AppendSource.Client && entry is not null && entry.TryFindDuplicate(batch.ProducerEpoch, batch.BaseSequence,
                batch.LastSequence, out var same))
            {
                duplicate = same;
                return ErrorCode.None;
            }

            var error = CheckTransaction(batch, entry, origin, guard, out message);
            if (error == ErrorCode.None)
            {
                var append = producers.Prepare(batch.ProducerId, origin);
                error = Take(append, batch, rest, place, transactionVersion);
                message = append.Message;
            }

            if (error != ErrorCode.None)
            {
                return error;
            }
        }

        return ErrorCode.None;
    }

    private ErrorCode Take(ProducerAppend append, in BatchHeader batch, ReadOnlySpan<byte> bytes, LogOffsetMetadata place, short transactionVersion)
    {
        if (!batch.IsControl)
        {
            return append.Append(batch, place);
        }

        // A control batch without a record is what the cleaner leaves of a marker; there is nothing to end.
        if (!TransactionMarker.TryRead(batch, bytes, out var marker))
        {
            return ErrorCode.None;
        }

        var error = append.AppendMarker(batch, marker, transactionVersion, out var transaction);
        if (transaction is { } ended)
        {
            completed.Add(ended);
        }

        return error;
    }

    /// <summary>A transactional batch needs an open transaction of its epoch, or the proof that its coordinator knows of the partition (KIP-890).</summary>
    private ErrorCode CheckTransaction(in BatchHeader batch, ProducerStateEntry? entry, AppendSource origin, VerificationGuard guard, out string? message)
    {
        message = null;
        if (!batch.IsTransactional || origin is not (AppendSource.Client or AppendSource.Coordinator)
            || (entry is { HasTransaction: true } && entry.ProducerEpoch == batch.ProducerEpoch))
        {
            return ErrorCode.None;
        }

        if (entry is not null && batch.ProducerEpoch < entry.ProducerEpoch)
        {
            message = $"Epoch {batch.ProducerEpoch} of producer {batch.ProducerId} in {Partition} is below the last one seen, {entry.ProducerEpoch}";
            return ErrorCode.InvalidProducerEpoch;
        }

        if (!config.TransactionVerificationEnabled || batch.IsControl || producers.VerificationGuardOf(batch.ProducerId).Matches(guard))
        {
            return ErrorCode.None;
        }

        message = $"The batch of producer {batch.ProducerId} for {Partition} belongs to no open transaction";
        return ErrorCode.InvalidTxnState;
    }

    private AppendResult Duplicate(ProducerBatch first) => new()
    {
        FirstOffset = first.FirstOffset,
        LastOffset = first.LastOffset,
        LogAppendTimeMs = first.Timestamp,
        MaxTimestamp = first.Timestamp,
        LogStartOffset = StartOffset,
        LastLeaderEpoch = -1,
        IsDuplicate = true,
    };

    private AppendResult Fail(ErrorCode error, string? message) => AppendResult.Failed(error, message, StartOffset);
}
