namespace Moldau.Storage;

/// <summary>A producer as DescribeProducers shows it; -1 stands for none.</summary>
public readonly record struct ProducerStatus(long ProducerId, short ProducerEpoch, int LastSequence, long LastTimestamp, int CoordinatorEpoch,
    long CurrentTransactionStartOffset);
