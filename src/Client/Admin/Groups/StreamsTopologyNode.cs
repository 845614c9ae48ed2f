namespace Moldau.Client;

/// <summary>A node of a topology. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it does.</param>
/// <param name="SourceTopics">What a source reads; empty when that is found at run time.</param>
/// <param name="SinkTopic">What a sink writes; null when that is found at run time.</param>
/// <param name="Stores">The stores of a processor.</param>
/// <param name="Successors">The names of the nodes behind it.</param>
public sealed record StreamsTopologyNode(
    string Name, StreamsTopologyNodeType Type, IReadOnlyList<string> SourceTopics, string? SinkTopic, IReadOnlyList<string> Stores, IReadOnlyList<string> Successors);
