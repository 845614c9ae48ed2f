using Moldau.Core;

namespace Moldau.Cli;

/// <summary>A partition that goes from brokers that hold it to some that do not. Immutable.</summary>
internal sealed record ReplicaMove(TopicPartition Partition, IReadOnlyList<int> Sources, IReadOnlyList<int> Destinations);
