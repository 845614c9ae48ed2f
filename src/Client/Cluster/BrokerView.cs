namespace Moldau.Client;

/// <summary>Where a broker can be reached.</summary>
internal sealed record BrokerView(int Id, string Host, int Port, string? Rack);
