namespace Moldau.Client;

/// <summary>A topology as its application described it (KIP-1331). Immutable.</summary>
/// <param name="Subtopologies">The nodes of each subtopology, by its id.</param>
/// <param name="GlobalStores">The source and the processor of each global store.</param>
public sealed record StreamsTopologyDescription(
    IReadOnlyDictionary<string, IReadOnlyList<StreamsTopologyNode>> Subtopologies, IReadOnlyList<(StreamsTopologyNode Source, StreamsTopologyNode Processor)> GlobalStores);
