namespace Moldau.Client;

/// <summary>An internal topic of a streams application. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many partitions; 0 when that follows from others.</param>
/// <param name="ReplicationFactor">How many brokers hold each; 0 for the cluster's default.</param>
/// <param name="Configs">What is configured.</param>
public sealed record StreamsTopicInfo(string Name, int Partitions, short ReplicationFactor, IReadOnlyDictionary<string, string> Configs);
