namespace Moldau.Cli;

/// <summary>The member that reads a partition.</summary>
internal sealed record GroupOwner(string MemberId, string? InstanceId, string Host, string ClientId);
