using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// The producers of one partition: what each has appended last, and the transactions that are open or not yet replicated. Kept on disk as snapshots at the
/// base offset of segments
/// and rebuilt from the latest of them and the batches behind it. All calls come from the partition's writer, under its lock.
/// </summary>
internal sealed partial class ProducerStateManager(IDisk disk, TopicPartition partition, string directory)
{
    private readonly Dictionary<long, ProducerStateEntry> producers = [];
    private readonly Dictionary<long, VerificationState> verifications = [];
    private readonly SortedList<long, OpenTransaction> ongoing = [];
    private readonly SortedList<long, OpenTransaction> unreplicated = [];
    private readonly Dictionary<long, ProducerAppend> pending = [];
    private readonly Stack<ProducerAppend> spare = new();
    private long lastGuard;

    public IReadOnlyDictionary<long, ProducerStateEntry> Producers => producers;

    /// <summary>The offset that the state stands for: everything before it has been seen.</summary>
    public long MapEndOffset { get; private set; }

    public bool IsEmpty => producers.Count == 0 && unreplicated.Count == 0;

    /// <summary>The timestamp of the last batch of the producer with the oldest open transaction; -1 when none is open.</summary>
    public long OldestTransactionLastTimestamp =>
        ongoing.Count > 0 && producers.TryGetValue(ongoing.GetValueAtIndex(0).ProducerId, out var entry) ? entry.LastTimestamp : -1;

    /// <summary>The first offset that belongs to a transaction that is open, or whose marker is not replicated yet; null for none.</summary>
    public LogOffsetMetadata? FirstUnstableOffset
    {
        get
        {
            LogOffsetMetadata? undecided = ongoing.Count > 0 ? ongoing.GetValueAtIndex(0).FirstOffset : null;
            LogOffsetMetadata? decided = unreplicated.Count > 0 ? unreplicated.GetValueAtIndex(0).FirstOffset : null;
            return undecided is null || (decided is not null && decided.Value.Offset < undecided.Value.Offset) ? decided : undecided;
        }
    }

    /// <summary>The first offset of an open transaction; null for none. The cleaner stays before it.</summary>
    public long? FirstUndecidedOffset => ongoing.Count > 0 ? ongoing.GetValueAtIndex(0).FirstOffset.Offset : null;

    public ProducerStateEntry? Find(long producerId) => producers.GetValueOrDefault(producerId);

    /// <summary>The guard that an append of this transaction must bring; made when there is none.</summary>
    public VerificationGuard BeginVerification(long producerId, int sequence, short epoch, bool supportsEpochBump, long nowMs)
    {
        if (!verifications.TryGetValue(producerId, out var state))
        {
            state = new VerificationState(nowMs, sequence, epoch, supportsEpochBump, new VerificationGuard(++lastGuard));
            verifications.Add(producerId, state);
        }

        state.See(sequence, epoch);
        return state.Guard;
    }

    public VerificationGuard VerificationGuardOf(long producerId) =>
        verifications.TryGetValue(producerId, out var state) ? state.Guard : VerificationGuard.None;

    /// <summary>The checks for this producer within the append under way; the same object for each of its batches.</summary>
    public ProducerAppend Prepare(long producerId, AppendSource origin)
    {
        if (!pending.TryGetValue(producerId, out var append))
        {
            append = spare.Count > 0 ? spare.Pop() : new ProducerAppend();
            append.Begin(partition, producerId, Find(producerId), origin, verifications.GetValueOrDefault(producerId));
            pending.Add(producerId, append);
        }

        return append;
    }

    /// <summary>Takes over a batch that is in the log already; the transaction that it completes, if it does.</summary>
    public CompletedTransaction? Replay(in BatchHeader batch, ReadOnlySpan<byte> bytes, LogOffsetMetadata firstOffset)
    {
        Discard();
        var append = Prepare(batch.ProducerId, AppendSource.Replication);
        CompletedTransaction? completed = null;
        if (!batch.IsControl)
        {
            // What the leader once accepted is not judged again.
            append.Append(batch, firstOffset);
        }
        else if (TransactionMarker.TryRead(batch, bytes, out var marker))
        {
            append.AppendMarker(batch, marker, transactionVersion: 0, out completed);
        }

        Commit();
        return completed;
    }

    /// <summary>The append has been written: its effects become the state.</summary>
    public void Commit()
    {
        foreach (var append in pending.Values)
        {
            if (producers.TryGetValue(append.ProducerId, out var entry))
            {
                entry.Merge(append.Updated);
            }
            else
            {
                entry = new ProducerStateEntry(append.ProducerId);
                entry.Merge(append.Updated);
                producers.Add(append.ProducerId, entry);
            }

            if (append.EndsVerification)
            {
                verifications.Remove(append.ProducerId);
            }

            for (var i = 0; i < append.Started.Count; i++)
            {
                ongoing[append.Started[i].FirstOffset.Offset] = append.Started[i];
            }
        }

        Discard();
    }

    /// <summary>The append is not written, or has been dealt with: forgets its checks.</summary>
    public void Discard()
    {
        foreach (var append in pending.Values)
        {
            spare.Push(append);
        }

        pending.Clear();
    }

    /// <summary>The last stable offset once this transaction is complete: the start of the oldest other open one, or behind the marker.</summary>
    public long LastStableOffset(CompletedTransaction completed)
    {
        for (var i = 0; i < ongoing.Count; i++)
        {
            if (ongoing.GetValueAtIndex(i).ProducerId != completed.ProducerId)
            {
                return ongoing.GetValueAtIndex(i).FirstOffset.Offset;
            }
        }

        return completed.LastOffset + 1;
    }

    public void Complete(CompletedTransaction completed)
    {
        Invariant.That(ongoing.TryGetValue(completed.FirstOffset, out var transaction), "a transaction that ends has begun");
        ongoing.Remove(completed.FirstOffset);
        transaction!.LastOffset = completed.LastOffset;
        unreplicated[completed.FirstOffset] = transaction;
    }

    public void Advance(long endOffset) => MapEndOffset = endOffset;

    public void OnHighWatermark(long highWatermark) => RemoveReplicated(highWatermark);

    public void OnLogStart(long logStartOffset)
    {
        RemoveReplicated(logStartOffset);
        MapEndOffset = Math.Max(MapEndOffset, logStartOffset);
        lastSnapshotOffset = LatestSnapshotOffset ?? logStartOffset;
    }

    /// <summary>Forgets producers that have been silent for longer than <paramref name="expirationMs"/> and have no open transaction.</summary>
    public void RemoveExpired(long nowMs, long expirationMs)
    {
        List<long>? expired = null;
        foreach (var (id, entry) in producers)
        {
            if (IsExpired(entry, nowMs, expirationMs))
            {
                (expired ??= []).Add(id);
            }
        }

        expired?.ForEach(id => producers.Remove(id));
        expired?.Clear();
        foreach (var (id, state) in verifications)
        {
            if (nowMs - state.TimestampMs >= expirationMs)
            {
                (expired ??= []).Add(id);
            }
        }

        expired?.ForEach(id => verifications.Remove(id));
    }

    private static bool IsExpired(ProducerStateEntry entry, long nowMs, long expirationMs) => !entry.HasTransaction
        && nowMs - entry.LastTimestamp >= expirationMs;

    private void RemoveReplicated(long offset)
    {
        for (var i = unreplicated.Count - 1; i >= 0; i--)
        {
            if (unreplicated.GetValueAtIndex(i).LastOffset < offset)
            {
                unreplicated.RemoveAt(i);
            }
        }
    }
}
