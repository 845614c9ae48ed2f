namespace Moldau.Broker.Fetching;

/// <summary>Where a leader named in a fetch or produce answer is reached (KIP-951).</summary>
internal sealed record FetchNodeEndpoint(int NodeId, string Host, int Port, string? Rack);
