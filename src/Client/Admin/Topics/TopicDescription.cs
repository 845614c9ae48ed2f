using Moldau.Core;

namespace Moldau.Client;

/// <summary>A topic and its partitions. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TopicId">Its id; zero from brokers older than 2.8.</param>
/// <param name="IsInternal">Whether it belongs to the cluster itself.</param>
/// <param name="Partitions">By number.</param>
/// <param name="AuthorizedOperations">What this client may do with it; null when that was not asked for.</param>
public sealed record TopicDescription(
    string Name,
    Uuid TopicId,
    bool IsInternal,
    IReadOnlyList<TopicPartitionInfo> Partitions,
    IReadOnlySet<AclOperation>? AuthorizedOperations);
