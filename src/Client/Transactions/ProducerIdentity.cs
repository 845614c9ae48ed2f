using Moldau.Records;

namespace Moldau.Client;

/// <summary>Producer id and epoch.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static ProducerIdentity None => new(RecordBatchLayout.NoProducerId, RecordBatchLayout.NoProducerEpoch);

    public bool IsValid => Id != RecordBatchLayout.NoProducerId;
}
