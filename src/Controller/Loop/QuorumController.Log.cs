using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.MetadataRecords;
using Moldau.Raft;

namespace Moldau.Controller;

/// <summary>The controller and the log: appending, following, becoming active and standing by.</summary>
public sealed partial class QuorumController
{
    private const int RecordsPerBatchMax = 10_000;

    /// <inheritdoc />
    public void HandleCommit(IReadOnlyList<CommittedBatch> batches) => _queue.Post(() => Commit(batches));

    /// <inheritdoc />
    public void HandleLoadSnapshot(RaftSnapshot snapshot) => _queue.Post(() => Load(snapshot));

    /// <inheritdoc />
    public void HandleLeaderChange(LeaderAndEpoch leader) => _queue.Post(() => ChangeLeader(leader));

    /// <inheritdoc />
    public void HandleShutdown() => _queue.Post(() => Deactivate("the metadata log is closed"));

    /// <summary>Appends records and applies them to the newest image. Nothing has changed when an error comes back.</summary>
    private ApiError Append(IReadOnlyList<MetadataRecord> records, bool isAtomic, out long lastOffset)
    {
        lastOffset = _appended.Count > 0 ? _lastAppendedOffset : _committedOffset;
        if (records.Count == 0)
        {
            return ApiError.None;
        }

        if (isAtomic && records.Count > RecordsPerBatchMax)
        {
            return Limits.TooManyRecords();
        }

        MetadataImage next = Apply(_latest, records);
        try
        {
            for (int start = 0; start < records.Count; start += RecordsPerBatchMax)
            {
                int count = Math.Min(RecordsPerBatchMax, records.Count - start);
                var values = new List<ReadOnlyMemory<byte>>(count);
                for (int i = 0; i < count; i++)
                {
                    values.Add(MetadataRecordSerde.Write(records[start + i]));
                }

                lastOffset = _raft.ScheduleAppend(_activeEpoch, values);
            }
        }
        catch (NotLeaderException)
        {
            return new(ErrorCode.NotController, NotControllerMessage());
        }
        catch (RecordBatchTooLargeException e)
        {
            return new(ErrorCode.PolicyViolation, e.Message);
        }

        _latest = next;
        _isLogEmpty = false;
        _lastAppendMs = NowMs;
        _lastAppendedOffset = lastOffset;
        _appended.Enqueue((lastOffset, next));
        return ApiError.None;
    }

    private static MetadataImage Apply(MetadataImage image, IReadOnlyList<MetadataRecord> records)
    {
        var delta = new MetadataDelta(image);
        foreach (MetadataRecord record in records)
        {
            delta.Replay(record.Message);
        }

        return delta.Apply(image.Provenance);
    }

    private void Commit(IReadOnlyList<CommittedBatch> batches)
    {
        foreach (CommittedBatch batch in batches)
        {
            if (IsActive)
            {
                CommitOwn(batch);
            }
            else
            {
                Follow(MetadataBatchDecoder.Decode(batch));
            }
        }
    }

    /// <summary>What this controller appended itself is in its images already: here it only becomes committed.</summary>
    private void CommitOwn(CommittedBatch batch)
    {
        _committedOffset = batch.LastOffset;
        MetadataImage committed = _committed;
        while (_appended.TryPeek(out (long Offset, MetadataImage Image) appended) && appended.Offset <= batch.LastOffset)
        {
            committed = appended.Image;
            _appended.Dequeue();
        }

        _committed = committed with { Provenance = new(batch.LastOffset, batch.Epoch, batch.AppendTimestampMs, IsOffsetBatchAligned: true) };
        while (_pending.TryPeek(out PendingReply? pending) && pending.Offset <= batch.LastOffset)
        {
            _pending.Dequeue();
            pending.Complete(true);
        }
    }

    private void Follow(MetadataBatch batch)
    {
        var delta = new MetadataDelta(_latest);
        var provenance = new MetadataProvenance(batch.LastOffset, batch.Epoch, batch.AppendTimeMs, IsOffsetBatchAligned: true);
        foreach (MetadataRecord record in batch.Records)
        {
            _isLogEmpty = false;
            switch (record.Message)
            {
                case BeginTransactionRecord:
                    _beforeTransaction = delta.Apply(provenance);
                    delta = new MetadataDelta(_beforeTransaction);
                    break;
                case EndTransactionRecord:
                    _beforeTransaction = null;
                    break;
                case AbortTransactionRecord:
                    Invariant.That(_beforeTransaction is not null, "only an open metadata transaction is aborted");
                    delta = new MetadataDelta(_beforeTransaction);
                    _beforeTransaction = null;
                    break;
                default:
                    delta.Replay(record.Message);
                    break;
            }
        }

        _latest = delta.Apply(provenance);
        _committedOffset = batch.LastOffset;
        _committed = _beforeTransaction ?? _latest;
    }

    private void Load(RaftSnapshot snapshot)
    {
        List<MetadataRecord> records = MetadataBatchDecoder.Decode(snapshot);
        if (snapshot.SnapshotId == OffsetAndEpoch.Bootstrap)
        {
            _bootstrap = records;
            return;
        }

        Invariant.That(!IsActive, "an active controller has the whole log");
        _isLogEmpty = false;
        _beforeTransaction = null;
        _latest = Apply(MetadataImage.Empty, records) with { Provenance = MetadataBatchDecoder.Provenance(snapshot) };
        _committed = _latest;
        _committedOffset = _latest.Offset;
    }

    private void ChangeLeader(LeaderAndEpoch leader)
    {
        if (leader.IsLeader(_raft.NodeId))
        {
            if (_activeEpoch != leader.Epoch)
            {
                Deactivate("a new epoch begins");
                Activate(leader.Epoch);
            }
        }
        else
        {
            Deactivate("another node leads the metadata quorum, or none");
        }
    }

    private void Activate(int epoch)
    {
        _activeEpoch = epoch;
        bool isInTransaction = _beforeTransaction is not null;
        if (_beforeTransaction is not null)
        {
            _latest = _beforeTransaction;
            _beforeTransaction = null;
        }

        ShareImage();
        ControlContext context = Context(RequestOptions.Default);
        bool isEmpty = _isLogEmpty || (isInTransaction && _latest.Features.FinalizedMetadataVersion is null);
        ControllerResult<string> result = isEmpty
            ? ActivationManager.ForEmptyLog(BootstrapOrDefault(), isInTransaction, context)
            : ActivationManager.ForExistingLog(_latest, isInTransaction);
        _options.Log?.Invoke($"controller {_raft.NodeId} is active in epoch {epoch}: {result.Response}");
        ApiError error = Append(result.Records, result.IsAtomic, out _);
        if (error.IsError)
        {
            Deactivate($"the first records could not be appended: {error.Message}");
            return;
        }

        long now = NowMs;
        _sessions.Reset(_latest, now);
        ResetTasks(now);
        _activated.TrySetResult();
    }

    /// <summary>The loader's image in place of the equal one that this controller has made by itself.</summary>
    private void ShareImage()
    {
        if (_appended.Count == 0 && _beforeTransaction is null && _options.LoadedImage?.Invoke() is { } image && image.Offset == _committedOffset)
        {
            _latest = image;
            _committed = image;
        }
    }

    private IReadOnlyList<MetadataRecord> BootstrapOrDefault() =>
        _bootstrap.Count > 0 ? _bootstrap : ActivationManager.BootstrapRecords(MetadataVersion.LatestProduction);

    private void Deactivate(string why)
    {
        if (!IsActive)
        {
            return;
        }

        _options.Log?.Invoke($"controller {_raft.NodeId} stands by: {why}");
        _activeEpoch = -1;
        _appended.Clear();
        _latest = _committed;
        while (_pending.TryDequeue(out PendingReply? pending))
        {
            pending.Complete(false);
        }
    }
}
