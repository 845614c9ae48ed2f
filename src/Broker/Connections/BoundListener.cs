using System.Net;
using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>A listener that is bound; accepts once started, until disposed.</summary>
public sealed class BoundListener : IDisposable
{
    /// <summary>How long accepting pauses after the system refused, mostly for want of file descriptors.</summary>
    private const int RetryMs = 100;

    private readonly ConnectionServer _server;
    private readonly INetworkListener _network;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConnectionRate _rate;
    private Task _accepting = Task.CompletedTask;

    internal BoundListener(ConnectionServer server, ListenerBinding endpoint, INetworkListener network)
    {
        _server = server;
        _network = network;
        Endpoint = endpoint;
        _rate = new ConnectionRate(server.Time);
    }

    public ListenerBinding Endpoint { get; }

    /// <summary>Where it is bound, with the port that was had.</summary>
    public IPEndPoint LocalEndPoint => _network.LocalEndPoint;

    /// <summary>The port that clients are told.</summary>
    public int AdvertisedPort => Endpoint.AdvertisedPort > 0 ? Endpoint.AdvertisedPort : LocalEndPoint.Port;

    /// <summary>Accepts no more. Connections stay.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _network.Dispose();
    }

    internal void Start() => _accepting = AcceptAsync();

    internal Task Stopped() => _accepting;

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await WaitForRoomAsync();
                _server.Serve(await _network.AcceptAsync(_stopping.Token), Endpoint);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (NetworkException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (NetworkException failure)
            {
                _server.Logger.LogWarning("Listener {Listener} could not accept: {Reason}", Endpoint.Name, failure.Message);
                await PauseAsync(TimeSpan.FromMilliseconds(RetryMs));
            }
        }
    }

    private async ValueTask WaitForRoomAsync()
    {
        while (true)
        {
            Task released = _server.Quotas.NextRelease();
            if (_server.Quotas.HasRoom(Endpoint, _server.Limits))
            {
                break;
            }

            await released.FollowAsync().WaitAsync(_stopping.Token);
        }

        TimeSpan wait;
        while ((wait = _rate.Take(_server.Limits.ConnectionCreationRateMaxOn(Endpoint.Name))) > TimeSpan.Zero)
        {
            await PauseAsync(wait);
        }

        while ((wait = _server.Rate.Take(_server.Limits.ConnectionCreationRateMax)) > TimeSpan.Zero)
        {
            await PauseAsync(wait);
        }
    }

    private Task PauseAsync(TimeSpan time) => Task.Delay(time, timeProvider: _server.Time, cancellationToken: _stopping.Token);
}
