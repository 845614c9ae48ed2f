using Moldau.Core;

namespace Moldau.Client;

/// <summary>What the cluster made of a new topic. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TopicId">Its id; zero from brokers older than 2.8, or when it was only validated.</param>
/// <param name="NumPartitions">How many partitions it has; -1 when the broker does not tell.</param>
/// <param name="ReplicationFactor">How many brokers hold each; -1 when the broker does not tell.</param>
/// <param name="Configs">All its configuration; null when this client may not see it or the broker does not tell.</param>
public sealed record CreatedTopic(string Name, Uuid TopicId, int NumPartitions, int ReplicationFactor, Config? Configs);
