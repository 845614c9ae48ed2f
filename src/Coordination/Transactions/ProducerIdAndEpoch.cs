using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>A producer id and the epoch under which it is used.</summary>
public readonly record struct ProducerIdAndEpoch(ProducerId ProducerId, short Epoch);
