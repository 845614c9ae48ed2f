using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// The batch of one partition on its way: records are written into it in the form of the log, then it is sealed and sent, perhaps several times, and completed once. While it is
/// open its partition's queue guards it; from sealing on it belongs to the sender. Objects are used again.
/// </summary>
internal sealed partial class ProducerBatch
{
    private const int DeliveriesMin = 64;
    private Delivery[] _deliveries = [];

    /// <summary>The queue that it lies in, or was taken from.</summary>
    public PartitionQueue Queue { get; private set; } = null!;

    /// <summary>The flush that waits for it.</summary>
    public FlushEpoch Epoch { get; private set; } = null!;

    /// <summary>Neighbours in the queue, which alone touches them.</summary>
    public ProducerBatch? Next { get; set; }

    /// <summary>Neighbours in the queue, which alone touches them.</summary>
    public ProducerBatch? Previous { get; set; }

    public byte[] Buffer { get; private set; } = [];

    public int RecordsCount { get; private set; }

    /// <summary>Header and records, not compressed.</summary>
    public int PlainSizeBytes { get; private set; }

    public long BaseTimestamp { get; private set; }

    public long MaxTimestamp { get; private set; }

    /// <summary>When its first record came, by the producer's clock in ms.</summary>
    public long CreatedMs { get; private set; }

    /// <summary>When it failed last.</summary>
    public long RetriedMs { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>The epoch of the leader that the last attempt went to; the back-off ends when another one leads (KIP-951).</summary>
    public int AttemptLeaderEpoch { get; set; } = -1;

    /// <summary>Whether no record may be added any more.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Whether its records have been told their end; a response that comes later is only for its memory.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether a request that holds it is on its way.</summary>
    public bool IsInFlight { get; set; }

    /// <summary>Whether it came of a batch that was too large; it is not joined with others.</summary>
    public bool IsSplit { get; set; }

    /// <summary>The deliveries of records that somebody awaits.</summary>
    public ReadOnlySpan<Delivery> Deliveries => _deliveries.AsSpan(0, DeliveriesCount);

    public int DeliveriesCount { get; private set; }

    /// <summary>Makes it ready for records in a buffer of which so many bytes may be used.</summary>
    public void Begin(PartitionQueue queue, FlushEpoch epoch, byte[] buffer, int limitBytes, long nowMs)
    {
        Queue = queue;
        Epoch = epoch;
        Buffer = buffer;
        _limitBytes = limitBytes;
        RecordsCount = 0;
        PlainSizeBytes = RecordBatchLayout.HeaderBytes;
        BaseTimestamp = RecordBatchLayout.NoTimestamp;
        MaxTimestamp = RecordBatchLayout.NoTimestamp;
        CreatedMs = nowMs;
        RetriedMs = 0;
        Attempts = 0;
        AttemptLeaderEpoch = -1;
        IsClosed = false;
        IsDone = false;
        IsInFlight = false;
        IsSplit = false;
        ClearIdentity();
    }

    /// <summary>Gives back all that it holds but its plain buffer, which the caller returns to the producer's memory.</summary>
    public byte[] Release()
    {
        byte[] buffer = Buffer;
        ReleaseCompressed();
        _deliveries.AsSpan(0, DeliveriesCount).Clear();
        DeliveriesCount = 0;
        Buffer = [];
        Queue = null!;
        Epoch = null!;
        return buffer;
    }

    /// <summary>Remembers who awaits the record that was appended last.</summary>
    public void AddDelivery(Delivery delivery, long timestamp)
    {
        if (DeliveriesCount == _deliveries.Length)
        {
            Array.Resize(ref _deliveries, Math.Max(DeliveriesMin, 2 * _deliveries.Length));
        }

        delivery.Place(RecordsCount - 1, timestamp);
        _deliveries[DeliveriesCount++] = delivery;
    }
}
