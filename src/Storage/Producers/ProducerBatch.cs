namespace Moldau.Storage;

/// <summary>What is remembered of an appended batch of an idempotent producer, to answer it again with the same offsets.</summary>
public readonly record struct ProducerBatch(int LastSequence, long LastOffset, int OffsetDelta, long Timestamp)
{
    public int FirstSequence => LastSequence - OffsetDelta < 0 ? int.MaxValue - (OffsetDelta - LastSequence) + 1 : LastSequence - OffsetDelta;

    public long FirstOffset => LastOffset - OffsetDelta;
}
