using System.Net;

namespace Moldau.Simulation;

/// <summary>
/// The network between simulated processes: connections with latency, each in order but not in step with others, in which bytes arrive in pieces of any size, receivers can be slow, and
/// which can be cut at any byte. What the seed decides is decided here; processes see it through <see cref="For"/>.
/// </summary>
public sealed class SimNetwork(SimWorld world)
{
    private const int FirstFreePort = 49152;
    private readonly Dictionary<IPEndPoint, SimListener> _listeners = [];
    private readonly List<SimConnection> _connections = [];
    private readonly Dictionary<SimScheduler, long> _cutOff = [];
    private int _lastPort = FirstFreePort;

    internal SimWorld World { get; } = world;

    internal SimRandom Random { get; } = world.Random.Fork();

    /// <summary>How long a segment travels at most, in microseconds.</summary>
    public int LatencyUsMax { get; set; } = 2_000;

    /// <summary>A bug that the network plays.</summary>
    public OtherBug Bug { get; set; }

    /// <summary>While false nobody can connect: so that what a start has found can be looked at before it changes.</summary>
    public bool IsOpen { get; set; } = true;

    /// <summary>The network as one process sees it.</summary>
    public SimHost For(SimScheduler process, string address) => new(this, process, IPAddress.Parse(address));

    /// <summary>Connections that both ends may still use.</summary>
    public int Count => _connections.Count;

    /// <summary>Cuts one connection: what is under way arrives in part, each end hears of it sooner or later.</summary>
    public void CutOne()
    {
        if (_connections.Count > 0)
        {
            _connections[Random.Next(_connections.Count)].Cut(silently: false);
        }
    }

    /// <summary>The process is gone: its listeners and connections go with it. After a power loss nobody tells the peers; they hear of it when they send.</summary>
    public void Kill(SimScheduler process, bool silently)
    {
        foreach (IPEndPoint endPoint in _listeners.Where(entry => entry.Value.Process == process).Select(entry => entry.Key).ToArray())
        {
            _listeners.Remove(endPoint);
        }

        foreach (SimConnection connection in _connections.Where(connection => connection.BelongsTo(process)).ToArray())
        {
            connection.Cut(silently);
        }
    }

    /// <summary>Nothing goes to and from the process until then: its connections are lost without a word, and it reaches nobody.</summary>
    public void CutOff(SimScheduler process, long untilTicks)
    {
        _cutOff[process] = untilTicks;
        foreach (SimConnection connection in _connections.Where(connection => connection.BelongsTo(process)).ToArray())
        {
            connection.Cut(silently: true);
        }
    }

    /// <summary>How long the process reaches nobody; 0 when it does.</summary>
    internal long CutOffTicks(SimScheduler process) => Math.Max(0, _cutOff.GetValueOrDefault(process) - World.Ticks);

    internal long DrawLatencyTicks() => Random.Next(1, LatencyUsMax) * TimeSpan.TicksPerMicrosecond;

    internal int NextPort() => _lastPort = _lastPort == IPEndPoint.MaxPort ? FirstFreePort : _lastPort + 1;

    internal SimListener? Find(IPEndPoint endPoint) => !IsOpen ? null : _listeners.GetValueOrDefault(endPoint) ?? _listeners.GetValueOrDefault(new IPEndPoint(IPAddress.Any, endPoint.Port));

    internal bool TryAdd(SimListener listener) => _listeners.TryAdd(listener.LocalEndPoint, listener);

    internal void Remove(SimListener listener) => _listeners.Remove(listener.LocalEndPoint);

    internal void Add(SimConnection connection) => _connections.Add(connection);

    internal void Remove(SimConnection connection) => _connections.Remove(connection);
}
