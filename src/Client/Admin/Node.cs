namespace Moldau.Client;

/// <summary>One node of the cluster: a broker, or a controller where the controllers were asked. Immutable.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Host">Where this client reaches it.</param>
/// <param name="Port">The port there.</param>
/// <param name="Rack">Its rack, when it has one.</param>
/// <param name="IsFenced">Whether the controller keeps it from leading (KIP-1073); told only where fenced brokers are asked for.</param>
public sealed record Node(int Id, string Host, int Port, string? Rack = null, bool IsFenced = false);
