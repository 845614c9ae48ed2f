using Moldau.Core;

namespace Moldau.Client;

/// <summary>That a topic is there. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TopicId">Its id; zero from brokers older than 2.8.</param>
/// <param name="IsInternal">Whether it belongs to the cluster itself.</param>
public sealed record TopicListing(string Name, Uuid TopicId, bool IsInternal);
