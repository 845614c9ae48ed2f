using Moldau.Core;

namespace Moldau.Client;

/// <summary>What is known of one topic. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Id">Its id; zero when the brokers are older than topic ids.</param>
/// <param name="IsInternal">Whether it belongs to the cluster itself.</param>
/// <param name="Partitions">By number, without gaps.</param>
internal sealed record TopicView(string Name, Uuid Id, bool IsInternal, PartitionView[] Partitions);
