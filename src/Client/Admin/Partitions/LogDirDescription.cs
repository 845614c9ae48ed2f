using Moldau.Core;

namespace Moldau.Client;

/// <summary>A log directory of a broker. Immutable.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Error">Why it is offline; null when it is not.</param>
/// <param name="Replicas">What it holds; a replica that moves is in two directories.</param>
public sealed record LogDirDescription(string Path, KafkaException? Error, IReadOnlyDictionary<TopicPartition, ReplicaInfo> Replicas)
{
    /// <summary>How large its volume is; null when the broker does not tell (KIP-827).</summary>
    public long? TotalBytes { get; init; }

    /// <summary>How much is free there; null when the broker does not tell.</summary>
    public long? UsableBytes { get; init; }

    /// <summary>Whether it takes no new replicas (KIP-1066).</summary>
    public bool IsCordoned { get; init; }
}
