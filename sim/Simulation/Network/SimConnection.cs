using System.Net;

namespace Moldau.Simulation;

/// <summary>Both ends of one connection and the two streams between them.</summary>
internal sealed class SimConnection
{
    private readonly SimNetwork _network;
    private readonly SimStream _there;
    private readonly SimStream _back;

    public SimConnection(SimNetwork network, SimScheduler client, IPEndPoint clientAddress, SimScheduler server, IPEndPoint serverAddress)
    {
        _network = network;
        _there = new SimStream(network);
        _back = new SimStream(network);
        Client = new SimConnectionEnd(network, this, isServer: false, client, clientAddress, serverAddress, receive: _back, send: _there);
        Server = new SimConnectionEnd(network, this, isServer: true, server, serverAddress, clientAddress, receive: _there, send: _back);
    }

    public SimConnectionEnd Client { get; }

    public SimConnectionEnd Server { get; }

    public bool BelongsTo(SimScheduler process) => Client.Process == process || Server.Process == process;

    /// <summary>Bytes under way arrive in part or not at all. Each end hears of the loss after a time of its own; silently, only when it sends.</summary>
    public void Cut(bool silently)
    {
        _network.Remove(this);
        _network.World.Note($"connection {Client.LocalEndPoint} is cut{(silently ? ", silently" : "")}");
        _there.Cut(silently);
        _back.Cut(silently);
    }

    /// <summary>One end was closed in good order: what it sent still arrives.</summary>
    public void OnClosed()
    {
        if (Client.IsClosed && Server.IsClosed)
        {
            _network.Remove(this);
        }
    }
}
