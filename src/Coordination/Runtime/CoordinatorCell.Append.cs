using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Coordination;

internal sealed partial class CoordinatorCell<TShard>
{
    /// <summary>What a record costs beside key and value, at most: lengths, deltas and attributes.</summary>
    private const int RecordOverheadBytes = 32;

    /// <summary>Records end no transaction, so no version is told.</summary>
    private const short RecordsTransactionVersion = -1;

    private readonly Queue<(long Offset, DeferredEvent<TShard> Write)> _deferred = new();
    private readonly List<DeferredEvent<TShard>> _batchWrites = [];
    private readonly LingerDeadline _linger;
    private RecordBatchBuilder? _builder;
    private bool _hasBatch;
    private long _batchBaseOffset;
    private long _batchNextOffset;
    private int _batchBytesMax;
    private TransactionalWrite _batchTransaction;

    private bool IsAdaptive => _runtime.Options.AppendLingerMs < 0;

    /// <summary>Replays and appends what a write decided, and lets it wait until that is committed.</summary>
    /// <exception cref="CoordinatorException">The records do not fit, or what was gathered before them could not be written.</exception>
    public void Append(IReadOnlyList<CoordinatorRecord> records, bool replay, bool isAtomic, TransactionalWrite transaction, DeferredEvent<TShard> write)
    {
        if (records.Count == 0)
        {
            AwaitWhatWasWritten(write);
            return;
        }

        if (transaction.IsTransactional)
        {
            isAtomic = true;
            Flush();
        }

        BeginBatch(transaction);
        var encoded = new (byte[] Key, byte[]? Value)[records.Count];
        var sizeBytes = 0;
        for (var index = 0; index < records.Count; index++)
        {
            encoded[index] = (CoordinatorRecordCodec.WriteKey(records[index]), CoordinatorRecordCodec.WriteValue(records[index]));
            sizeBytes += SizeOf(encoded[index]);
        }

        if (isAtomic)
        {
            MakeRoomFor(sizeBytes, transaction);
        }

        var nowMs = _runtime.Time.GetUtcNow().ToUnixTimeMilliseconds();
        for (var index = 0; index < records.Count; index++)
        {
            if (!isAtomic)
            {
                MakeRoomFor(SizeOf(encoded[index]), transaction);
            }

            if (replay && !TryReplay(records[index], transaction, write))
            {
                return;
            }

            _builder!.Append(nowMs, encoded[index].Key, encoded[index].Value);
            _batchNextOffset++;
        }

        _batchWrites.Add(write);
        if (transaction.IsTransactional || _runtime.Options.AppendLingerMs == 0)
        {
            Flush();
        }
    }

    /// <summary>Writes the marker that ends a transaction, after what was gathered.</summary>
    public void CompleteTransaction(long producerId, short producerEpoch, EndTransactionMarker marker, short transactionVersion, DeferredEvent<TShard> write)
    {
        var shard = ActiveShard();
        Flush();
        var before = LastWrittenOffset;
        var isReplayed = false;
        try
        {
            shard.ReplayTransactionMarker(producerId, producerEpoch, marker.IsCommit);
            var batch = ControlRecords.BuildMarker(marker, producerId, producerEpoch, _runtime.Time.GetUtcNow().ToUnixTimeMilliseconds());
            var appended = Write(null, batch, transactionVersion);
            if (appended.Error != ErrorCode.None)
            {
                throw new CoordinatorException(appended.Error, appended.Message ?? $"the marker could not be written to {Partition}: {appended.Error}");
            }

            isReplayed = true;
            CountFlush(1, batch.Length);
            LastWrittenOffset = appended.NextOffset;
            _snapshots.TakeSnapshot(LastWrittenOffset);
            _deferred.Enqueue((LastWrittenOffset, write));
        }
        finally
        {
            if (!isReplayed)
            {
                _snapshots.RevertTo(before);
            }
        }
    }

    private static int SizeOf((byte[] Key, byte[]? Value) record) => record.Key.Length + (record.Value?.Length ?? 0) + RecordOverheadBytes;

    /// <summary>An answer without records may rest on what is not committed yet: it waits for that.</summary>
    private void AwaitWhatWasWritten(DeferredEvent<TShard> write)
    {
        if (_hasBatch)
        {
            _batchWrites.Add(write);
        }
        else if (LastCommittedOffset < LastWrittenOffset)
        {
            _deferred.Enqueue((LastWrittenOffset, write));
        }
        else
        {
            write.Complete(this, null);
        }
    }

    private void BeginBatch(TransactionalWrite transaction)
    {
        if (_hasBatch)
        {
            return;
        }

        _builder ??= new RecordBatchBuilder();
        _builder.Begin(new RecordBatchOptions
        {
            Compression = _runtime.Options.Compression,
            ProducerId = transaction.ProducerId,
            ProducerEpoch = transaction.ProducerEpoch,
            IsTransactional = transaction.IsTransactional,
            BaseSequence = 0,
        });
        _hasBatch = true;
        _batchBaseOffset = LastWrittenOffset;
        _batchNextOffset = LastWrittenOffset;
        _batchBytesMax = _runtime.Writer.MaxBatchBytes(Partition);
        _batchTransaction = transaction;
        if (_runtime.Options.AppendLingerMs > 0)
        {
            Wheel.Add(_linger, _runtime.Options.AppendLingerMs);
        }
    }

    private void MakeRoomFor(int sizeBytes, TransactionalWrite transaction)
    {
        if (RecordBatchLayout.HeaderBytes + sizeBytes > _batchBytesMax)
        {
            if (_builder!.RecordsCount == 0 && _batchWrites.Count == 0)
            {
                DropBatch();
            }

            throw new CoordinatorException(
                ErrorCode.MessageTooLarge,
                $"records of {sizeBytes} bytes do not fit into a batch of {Partition}: at most {_batchBytesMax} bytes (max.message.bytes) with {RecordBatchLayout.HeaderBytes} of the header");
        }

        if (_builder!.UncompressedSizeBytes + sizeBytes > _batchBytesMax)
        {
            Flush();
            BeginBatch(transaction);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The batch is taken back, and the exception goes to all whose records were in it.")]
    private bool TryReplay(CoordinatorRecord record, TransactionalWrite transaction, DeferredEvent<TShard> write)
    {
        try
        {
            _shard!.Replay(_batchNextOffset, transaction.ProducerId, transaction.ProducerEpoch, record);
            return true;
        }
        catch (Exception failure)
        {
            Logger.LogError(failure, "{Partition}: a new record of type {Type} could not be replayed: {Reason}", Partition, record.KeyVersion, failure.Message);
            _batchWrites.Add(write);
            FailBatch(failure);
            return false;
        }
    }

    /// <summary>Writes the batch. When that fails, the state is what it was before the batch, and all whose records were in it are told.</summary>
    private void Flush()
    {
        if (!_hasBatch)
        {
            return;
        }

        if (_builder!.RecordsCount == 0)
        {
            DropBatch();
            return;
        }

        var batch = _builder.BuildArray();
        var appended = Write(_batchTransaction.Verification, batch, RecordsTransactionVersion);
        if (appended.Error != ErrorCode.None)
        {
            var failure = new CoordinatorException(appended.Error, appended.Message ?? $"records could not be written to {Partition}: {appended.Error}");
            Logger.LogWarning("{Partition}: {Count} records could not be written: {Reason}", Partition, _builder.RecordsCount, failure.Message);
            Metrics.FlushFailed();
            FailBatch(failure);
            throw failure;
        }

        CountFlush(_builder.RecordsCount, batch.Length);
        if (appended.NextOffset != _batchNextOffset)
        {
            Resynchronize(appended.NextOffset);
        }

        LastWrittenOffset = appended.NextOffset;
        _snapshots.TakeSnapshot(LastWrittenOffset);
        foreach (var write in _batchWrites)
        {
            _deferred.Enqueue((LastWrittenOffset, write));
        }

        DropBatch();
    }

    /// <summary>A disk that fails is an error like others: what was decided is taken back.</summary>
    private CoordinatorAppend Write(object? verification, byte[] batch, short transactionVersion)
    {
        try
        {
            return _runtime.Writer.Append(Partition, verification, batch, transactionVersion);
        }
        catch (DiskException failure)
        {
            return new CoordinatorAppend(ErrorCode.KafkaStorageError, -1, failure.Message);
        }
    }

    /// <summary>The log is elsewhere than the shard believed: somebody else wrote to it. The shard is loaded anew.</summary>
    [DoesNotReturn]
    private void Resynchronize(long actualOffset)
    {
        Logger.LogError("{Partition}: the log ends at {Actual} where the coordinator expected {Expected}: it is loaded anew", Partition, actualOffset, _batchNextOffset);
        End(CoordinatorState.Failed);
        BeginLoad();
        throw new CoordinatorException(ErrorCode.NotCoordinator, $"the coordinator of {Partition} must load its log again");
    }

    private void FlushQuietly()
    {
        try
        {
            Flush();
        }
        catch (CoordinatorException)
        {
            // Who waited for the batch has been told; there is no operation here to tell it to.
        }
    }

    private void FailBatch(Exception failure)
    {
        if (!_hasBatch)
        {
            return;
        }

        _snapshots.RevertTo(_batchBaseOffset);
        var writes = _batchWrites.ToArray();
        DropBatch();
        foreach (var write in writes)
        {
            write.Complete(this, failure);
        }
    }

    private void DropBatch()
    {
        _hasBatch = false;
        _batchWrites.Clear();
        _batchTransaction = TransactionalWrite.None;
        Wheel.Remove(_linger);
    }

    /// <summary>The batch has been gathered long enough.</summary>
    private sealed class LingerDeadline(CoordinatorCell<TShard> cell) : WheelEntry
    {
        protected override void OnDeadline() => cell.Enqueue(new InternalEvent<TShard>(_ => cell.FlushQuietly()));
    }
}
