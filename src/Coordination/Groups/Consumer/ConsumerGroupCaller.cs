namespace Moldau.Coordination;

/// <summary>Who asks something of a consumer group.</summary>
/// <param name="ClientId">The client's id.</param>
/// <param name="ClientHost">The client's address, as it is listed: with a slash before it.</param>
/// <param name="Describable">
/// Picks of names of topics those that the caller may describe, on any thread; null when nothing is forbidden. A pattern matches no others, so that a
/// group tells nobody of topics that they may not know of.
/// </param>
public sealed record ConsumerGroupCaller(string ClientId, string ClientHost, Func<IReadOnlyCollection<string>, IReadOnlyCollection<string>>? Describable = null);
