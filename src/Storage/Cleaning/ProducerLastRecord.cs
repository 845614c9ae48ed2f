namespace Moldau.Storage;

/// <summary>What a producer appended last, as far as compaction must keep it: the last data offset (-1 when only markers are known), and the epoch.</summary>
internal readonly record struct ProducerLastRecord(long LastDataOffset, short Epoch);
