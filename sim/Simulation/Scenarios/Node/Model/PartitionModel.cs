namespace Moldau.Simulation;

/// <summary>
/// A partition as simple as it can be: which record was seen at which offset, by an acknowledgement or by reading. What contradicts it breaks an invariant. What retention deletes stays here,
/// so that what comes back can be compared.
/// </summary>
internal sealed class PartitionModel(TopicModel topic, int index)
{
    private readonly SortedDictionary<long, SentRecord> _at = [];
    private readonly Dictionary<long, long> _offsetOf = [];

    public TopicModel Topic { get; } = topic;

    public int Index { get; } = index;

    public string Name => $"{Topic.Name}-{Index}";

    /// <summary>Records by their number: everything that was ever sent here.</summary>
    public Dictionary<long, SentRecord> Sent { get; } = [];

    /// <summary>Batches of idempotent producers in the order of their sequences, by producer id and epoch.</summary>
    public Dictionary<(long ProducerId, short Epoch), List<SentBatch>> Idempotent { get; } = [];

    public IReadOnlyDictionary<long, SentRecord> At => _at;

    public long Start
    {
        get;
        set
        {
            field = value;
            HighestStart = Math.Max(HighestStart, value);
        }
    }

    /// <summary>The largest log start ever seen; a crash may take the log back before it.</summary>
    public long HighestStart { get; private set; }

    /// <summary>Everything before it was asked to be deleted.</summary>
    public long DeletedBefore { get; set; }

    /// <summary>One behind the last offset that was acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>One behind the last offset that was acknowledged or shown with the promise that it is on the device.</summary>
    public long Durable { get; private set; }

    /// <summary>Everything before it was claimed to be on the device.</summary>
    public long Synced { get; set; }

    /// <summary>The largest high watermark that a client was told since the last loss.</summary>
    public long HighWatermark { get; set; }

    /// <summary>How often a power loss took records of this partition that were not on the device.</summary>
    public int Losses { get; private set; }

    public void Acknowledge(SentBatch batch, long offset)
    {
        Require(batch.AckedOffset is null || batch.AckedOffset == offset || batch.AckedOffset < Start || Losses > 0, $"P1: batch {batch.Number} was acknowledged at offset {batch.AckedOffset} and then at {offset}");
        for (int i = 0; i < batch.Records.Count; i++)
        {
            See(offset + i, batch.Records[i], "acknowledged");
        }

        batch.AckedOffset = offset;
        Acknowledged = Math.Max(Acknowledged, offset + batch.Records.Count);
        if (Topic.IsSyncedBeforeAck(batch.Acks))
        {
            Durable = Math.Max(Durable, offset + batch.Records.Count);
        }
    }

    /// <summary>A record was acknowledged or read at an offset.</summary>
    public void See(long offset, SentRecord record, string how)
    {
        if (_at.TryGetValue(offset, out SentRecord? known))
        {
            Require(known == record, $"I7: offset {offset} held record {known.Number}, now record {record.Number} is {how} there");
            return;
        }

        // Where a log was emptied and then not stopped in good order, nothing is left that tells of its producers: Apache Kafka forgets them too.
        Require(!_offsetOf.TryGetValue(record.Number, out long other) || other < Start, $"P1: record {record.Number} is at offset {other}, and {how} at {offset} too");
        _at.Add(offset, record);
        _offsetOf[record.Number] = offset;
    }

    /// <summary>A consumer has read up to here.</summary>
    public void Show(long next) => Durable = Topic.IsSyncedBeforeShown ? Math.Max(Durable, next) : Durable;

    /// <summary>Whether a later record has the key of this one: one that was seen, or one of which nobody knows where it is.</summary>
    public bool MayBeReplaced(long offset, SentRecord record) =>
        Sent.Values.Any(other => other.Key == record.Key && (!_offsetOf.TryGetValue(other.Number, out long at) || at > offset));

    /// <summary>A crash has lost what lies behind; it was allowed to.</summary>
    public void LoseFrom(long end)
    {
        foreach ((long offset, SentRecord record) in _at.Where(entry => entry.Key >= end).ToArray())
        {
            _at.Remove(offset);
            _offsetOf.Remove(record.Number);
        }

        Losses++;
        Acknowledged = Math.Min(Acknowledged, end);
        Synced = Math.Min(Synced, end);
        Durable = Math.Min(Durable, end);
        HighWatermark = Math.Min(HighWatermark, end);
    }

    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException($"{Name}: {what}");
        }
    }
}
