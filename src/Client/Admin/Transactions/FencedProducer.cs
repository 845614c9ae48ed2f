using Moldau.Core;

namespace Moldau.Client;

/// <summary>The producer that took the place of those that were fenced. Immutable.</summary>
public sealed record FencedProducer(long ProducerId, short ProducerEpoch);
