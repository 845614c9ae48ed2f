using Moldau.Records;

namespace Moldau.Coordination;

/// <summary>The producer in whose transaction records are appended, and the guard that its verification gave.</summary>
internal readonly record struct TransactionalWrite(long ProducerId, short ProducerEpoch, object? Verification)
{
    /// <summary>No transaction.</summary>
    public static readonly TransactionalWrite None = new(RecordBatchLayout.NoProducerId, RecordBatchLayout.NoProducerEpoch, null);

    public bool IsTransactional => ProducerId != RecordBatchLayout.NoProducerId;
}
