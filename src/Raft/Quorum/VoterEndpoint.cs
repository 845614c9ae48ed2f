namespace Moldau.Raft;

/// <summary>Where a voter's controller listener is reached.</summary>
public sealed record VoterEndpoint(string ListenerName, string Host, int Port);
