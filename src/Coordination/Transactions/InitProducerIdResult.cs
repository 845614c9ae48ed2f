using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>What became of an InitProducerId; id and epoch are -1 with an error.</summary>
public readonly record struct InitProducerIdResult(ErrorCode Error, ProducerId ProducerId, short ProducerEpoch)
{
    /// <summary>Nothing was done, as a fresh producer id is needed: the operation is to be called again with one.</summary>
    public bool NeedsProducerId { get; private init; }

    internal static InitProducerIdResult WithoutProducerId => Failed(ErrorCode.CoordinatorNotAvailable) with { NeedsProducerId = true };

    internal static InitProducerIdResult Failed(ErrorCode error) => new(error, -1, -1);
}
