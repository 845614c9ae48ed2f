namespace Moldau.Configuration;

/// <summary>A voter of controller.quorum.voters.</summary>
public sealed record QuorumVoter(int Id, string Host, int Port);
