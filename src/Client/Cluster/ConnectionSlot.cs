namespace Moldau.Client;

/// <summary>The connection to one broker for one purpose, or the attempt to have it. Changed under the pool's gate, but for the count of failures.</summary>
internal sealed class ConnectionSlot
{
    public BrokerView? Broker { get; set; }

    public Task<BrokerConnection>? Opening { get; set; }

    /// <summary>Attempts that failed since the last that did not.</summary>
    public int Failures { get; set; }

    /// <summary>The connection, when it is open.</summary>
    public BrokerConnection? Open => Opening is { IsCompletedSuccessfully: true } opened && opened.Result.IsOpen ? opened.Result : null;
}
