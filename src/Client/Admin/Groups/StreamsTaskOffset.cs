using Moldau.Core;

namespace Moldau.Client;

/// <summary>A position of a task. Immutable.</summary>
public sealed record StreamsTaskOffset(string SubtopologyId, int Partition, long Offset);
