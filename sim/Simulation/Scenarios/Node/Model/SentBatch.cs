namespace Moldau.Simulation;

/// <summary>A batch as a client sent it, in which life of the node, and what became of it as far as the client knows.</summary>
internal sealed record SentBatch(long Number, IReadOnlyList<SentRecord> Records, byte[] Bytes, long ProducerId, short Epoch, int BaseSequence, short Acks, int Life)
{
    /// <summary>The offset that the node acknowledged; null while that is unknown.</summary>
    public long? AckedOffset { get; set; }

    /// <summary>The node said that it did not take it.</summary>
    public bool IsRefused { get; set; }
}
