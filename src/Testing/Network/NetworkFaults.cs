using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>What goes wrong with the connections of a node under test. Any thread may call it.</summary>
public sealed class NetworkFaults
{
    private readonly Lock _gate = new();
    private readonly HashSet<FaultyConnection> _connections = [];
    private readonly TimeProvider _time;
    private TimeSpan _latency;
    private bool _refuses;

    internal NetworkFaults(TimeProvider time) => _time = time;

    /// <summary>How much later than it could everything that the node sends leaves it, by the node's clock; zero for none.</summary>
    public TimeSpan Latency
    {
        get
        {
            lock (_gate)
            {
                return _latency;
            }
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            lock (_gate)
            {
                _latency = value;
            }
        }
    }

    /// <summary>Whether new connections are closed as soon as they come. Those that are there stay.</summary>
    public bool RefusesConnections
    {
        get
        {
            lock (_gate)
            {
                return _refuses;
            }
        }

        set
        {
            lock (_gate)
            {
                _refuses = value;
            }
        }
    }

    /// <summary>Cuts all connections at once; clients may connect again. Returns how many there were.</summary>
    public int DropConnections()
    {
        List<FaultyConnection> dropped;
        lock (_gate)
        {
            dropped = [.. _connections];
        }

        dropped.ForEach(connection => connection.Dispose());
        return dropped.Count;
    }

    /// <summary>No latency, and new connections are taken again.</summary>
    public void Heal()
    {
        Latency = TimeSpan.Zero;
        RefusesConnections = false;
    }

    /// <summary>The connection as the node gets it; null when it was refused.</summary>
    internal FaultyConnection? Take(INetworkConnection accepted)
    {
        lock (_gate)
        {
            if (!_refuses)
            {
                var connection = new FaultyConnection(this, accepted);
                _connections.Add(connection);
                return connection;
            }
        }

        accepted.Dispose();
        return null;
    }

    internal void Forget(FaultyConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }

    internal Task LatencyAsync(CancellationToken cancellationToken) => Latency is var latency && latency > TimeSpan.Zero ? Task.Delay(latency, _time, cancellationToken) : Task.CompletedTask;
}
