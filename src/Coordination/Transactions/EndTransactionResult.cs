using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>What became of an EndTxn. The producer id and epoch are those under which the producer goes on (version 2); -1 with an error.</summary>
public readonly record struct EndTransactionResult(ErrorCode Error, ProducerId ProducerId, short ProducerEpoch)
{
    /// <summary>Nothing was done, as a fresh producer id is needed: the operation is to be called again with one.</summary>
    public bool NeedsProducerId { get; private init; }

    internal static EndTransactionResult WithoutProducerId => Failed(ErrorCode.CoordinatorNotAvailable) with { NeedsProducerId = true };

    internal static EndTransactionResult Failed(ErrorCode error) => new(error, -1, -1);

    /// <summary>Answered before the markers are written: where the epochs are used up, already with the id that takes over when they are.</summary>
    internal static EndTransactionResult Decided(TransactionMetadata prepared) => prepared.NextProducerId >= 0
        ? new(ErrorCode.None, prepared.NextProducerId, 0)
        : new(ErrorCode.None, prepared.ProducerId, prepared.ProducerEpoch);
}
