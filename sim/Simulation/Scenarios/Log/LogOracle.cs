namespace Moldau.Simulation;

/// <summary>A partition's log as simple as it can be: all batches ever appended and not lost, in order. What retention deletes stays here, so that what comes back can be compared.</summary>
internal sealed class LogOracle
{
    public List<OracleBatch> Batches { get; } = [];

    public long Start { get; set; }

    /// <summary>The log start that survives a crash.</summary>
    public long CheckpointedStart { get; set; }

    public long End { get; set; }

    /// <summary>Acknowledged to producers.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Claimed to be on the device: must survive a power loss.</summary>
    public long Synced { get; set; }

    /// <summary>Batches from this offset on were appended in this life of the process: all of the last five of a producer are remembered.</summary>
    public long LifeStart { get; set; }

    /// <summary>An append that was under way when the process died.</summary>
    public OracleBatch? Pending { get; set; }

    public void Append(OracleBatch batch)
    {
        Batches.Add(batch);
        End = batch.Last + 1;
    }

    /// <summary>A crash has lost what lies behind.</summary>
    public void LoseFrom(long offset)
    {
        Batches.RemoveAll(batch => batch.Last >= offset);
        End = offset;
        Acknowledged = Math.Min(Acknowledged, offset);
    }

    public bool IsBoundary(long offset) => offset == End || Batches.Exists(batch => batch.First == offset);

    /// <summary>All bytes from the batch that holds the offset.</summary>
    public byte[] BytesFrom(long offset) => [.. Batches.Where(batch => batch.Last >= offset).SelectMany(batch => batch.Bytes)];

    public OracleBatch? LastOf(long producerId) => Batches.FindLast(batch => batch.ProducerId == producerId);

    /// <summary>The first record in log order that is at least so young.</summary>
    public long? OffsetForTimestamp(long timestamp)
    {
        foreach (OracleBatch batch in Batches)
        {
            for (long offset = Math.Max(batch.First, Start); offset <= batch.Last; offset++)
            {
                if (batch.Timestamp + (offset - batch.First) >= timestamp)
                {
                    return offset;
                }
            }
        }

        return null;
    }
}
