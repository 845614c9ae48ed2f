namespace Moldau.Client;

/// <summary>The tasks of one subtopology. Immutable.</summary>
public sealed record StreamsTasks(string SubtopologyId, IReadOnlyList<int> Partitions);
