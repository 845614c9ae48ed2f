namespace Moldau.Client;

/// <summary>Where a voter listens. Immutable.</summary>
/// <param name="Listener">The listener's name, CONTROLLER for example.</param>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
public sealed record RaftVoterEndpoint(string Listener, string Host, int Port);
