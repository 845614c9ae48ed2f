using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Sequences of one partition under idempotence: what comes next, what was acknowledged, and the batches between, in the order in which they were first sent. Pure state,
/// the sender's alone.
/// </summary>
internal sealed class PartitionSequences
{
    /// <summary>Nothing was acknowledged yet.</summary>
    public const int NoSequence = RecordBatchLayout.NoSequence;

    private readonly List<ProducerBatch> _inFlight = [];

    /// <summary>The producer whose sequences these are; they may be of an older epoch until nothing is in flight.</summary>
    public ProducerIdentity Identity { get; private set; } = ProducerIdentity.None;

    /// <summary>The sequence of the next batch that was never sent.</summary>
    public int Next { get; private set; }

    public int LastAcknowledged { get; private set; } = NoSequence;

    /// <summary>The offset of the last record that was acknowledged; -1 for none.</summary>
    public long LastAcknowledgedOffset { get; private set; } = -1;

    /// <summary>Whether a broker has acknowledged a batch of this producer here, in whatever epoch, and so has a sequence to compare with.</summary>
    public bool IsKnownToBroker { get; private set; }

    /// <summary>
    /// The sequence after the last batch whose end is not known, as it was given up after it had been sent; null when there is none. Nothing new goes out until it is known.
    /// </summary>
    public int? UnresolvedNext { get; private set; }

    /// <summary>Batches that have a sequence and no end yet: on their way, or waiting to go again.</summary>
    public IReadOnlyList<ProducerBatch> InFlight => _inFlight;

    /// <summary>The first of those in flight, which may be in the log: they wait for a proof.</summary>
    public List<ProducerBatch> Suspects { get; } = [];

    /// <summary>Whether the proof failed: until sequences begin again nothing is suspected.</summary>
    public bool HasGap { get; set; }

    /// <summary>Begins at 0 as another producer or epoch. Nothing may be in flight.</summary>
    public void Begin(ProducerIdentity identity)
    {
        Invariant.That(_inFlight.Count == 0);
        IsKnownToBroker &= identity.Id == Identity.Id;
        (Identity, Next, LastAcknowledged) = (identity, 0, NoSequence);
        HasGap = false;
        UnresolvedNext = null;
    }

    /// <summary>Gives a batch its place, the next sequence.</summary>
    public void Assign(ProducerBatch batch, bool isTransactional)
    {
        batch.SetIdentity(Identity.Id, Identity.Epoch, Next, isTransactional);
        Next = Sequences.Increment(Next, batch.RecordsCount);
        _inFlight.Add(batch);
    }

    /// <summary>The batches that <paramref name="batch"/> was split into take over its sequences, one after another.</summary>
    public void Replace(ProducerBatch batch, List<ProducerBatch> parts)
    {
        int at = _inFlight.IndexOf(batch);
        Invariant.That(at >= 0);
        _inFlight.RemoveAt(at);
        int sequence = batch.BaseSequence;
        foreach (ProducerBatch part in parts)
        {
            part.SetIdentity(batch.ProducerId, batch.ProducerEpoch, sequence, batch.IsTransactional);
            sequence = Sequences.Increment(sequence, part.RecordsCount);
        }

        _inFlight.InsertRange(at, parts);
    }

    /// <summary>Whether a batch that waits to go again is the first whose end is open, but for suspects; only that one may go.</summary>
    public bool IsFirst(ProducerBatch batch) => _inFlight.Count > Suspects.Count && _inFlight[Suspects.Count] == batch;

    /// <summary>The broker has the batch.</summary>
    public void Acknowledge(ProducerBatch batch, long baseOffset)
    {
        IsKnownToBroker |= batch.ProducerId == Identity.Id;
        if (batch.ProducerId == Identity.Id && batch.ProducerEpoch == Identity.Epoch && IsAfter(batch.LastSequence, LastAcknowledged))
        {
            LastAcknowledged = batch.LastSequence;
        }

        if (baseOffset >= 0)
        {
            LastAcknowledgedOffset = Math.Max(LastAcknowledgedOffset, baseOffset + batch.RecordsCount - 1);
        }

        _inFlight.Remove(batch);
    }

    /// <summary>The batch has ended without being acknowledged.</summary>
    public void Forget(ProducerBatch batch) => _inFlight.Remove(batch);

    /// <summary>The broker has certainly not taken the batch: those sent after it move down by its records, so that there is no gap.</summary>
    public void CloseGap(ProducerBatch failed)
    {
        foreach (ProducerBatch batch in _inFlight)
        {
            if (batch.Order > failed.Order)
            {
                batch.ResetIdentity(batch.ProducerId, batch.ProducerEpoch, Sequences.Decrement(batch.BaseSequence, failed.RecordsCount));
            }
        }

        Next = Sequences.Decrement(Next, failed.RecordsCount);
    }

    /// <summary>The batch was given up after it had been sent: whether the broker has it will show in those after it.</summary>
    public void MarkUnresolved(ProducerBatch batch)
    {
        int next = Sequences.Increment(batch.LastSequence, 1);
        UnresolvedNext = UnresolvedNext is { } known && IsAfter(known, next) ? known : next;
    }

    /// <summary>When nothing is in flight any more: whether all that was sent has been acknowledged after all. Whatever the answer, nothing is unresolved then.</summary>
    public bool Resolve()
    {
        UnresolvedNext = null;
        return IsNext(Next);
    }

    /// <summary>Whether a batch behind this one, of the same epoch, has been acknowledged.</summary>
    public bool HasPassed(ProducerBatch batch) =>
        batch.ProducerId == Identity.Id && batch.ProducerEpoch == Identity.Epoch && LastAcknowledged != NoSequence && IsAfter(LastAcknowledged, batch.LastSequence);

    /// <summary>Whether the sequence follows the last that was acknowledged.</summary>
    public bool IsNext(int sequence) => sequence == (LastAcknowledged == NoSequence ? 0 : Sequences.Increment(LastAcknowledged, 1));

    /// <summary>Gives all that is in flight new sequences from 0, under a new epoch (KIP-360).</summary>
    public void Restart(ProducerIdentity identity)
    {
        IsKnownToBroker &= identity.Id == Identity.Id;
        (Identity, Next, LastAcknowledged) = (identity, 0, NoSequence);
        HasGap = false;
        UnresolvedNext = null;
        foreach (ProducerBatch batch in _inFlight)
        {
            batch.ResetIdentity(identity.Id, identity.Epoch, Next);
            Next = Sequences.Increment(Next, batch.RecordsCount);
        }
    }

    /// <summary>Whether a sequence lies behind another, where both may have passed the end and begun again.</summary>
    private static bool IsAfter(int sequence, int other) => other == NoSequence || (sequence != other && Sequences.Decrement(sequence, other) < int.MaxValue / 2);
}
