using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>
/// The broker's place in the cluster (KIP-631): registers, keeps its session alive by heartbeats, asks to be unfenced once it has caught up, and asks leave before it stops.
/// Lifecycle: <see cref="StartAsync"/> returns when the broker is unfenced; <see cref="StopAsync"/> once.
/// </summary>
public sealed class BrokerRegistrar(
    QuorumController controller,
    MetadataLoader loader,
    NodeConfiguration configuration,
    BrokerRegistrationRequest registration,
    Func<List<Uuid>> offlineDirectories,
    Func<List<Uuid>> cordonedDirectories,
    TimeProvider time,
    ILogger<BrokerRegistrar> logger) : IDisposable
{
    private const int RetryMs = 20;
    private readonly CancellationTokenSource _stopping = new();
    private Task _heartbeats = Task.CompletedTask;
    private volatile TaskCompletionSource _urgent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The epoch of this registration; -1 before it.</summary>
    public long BrokerEpoch { get; private set; } = -1;

    /// <summary>Ends with the heartbeats; fails when they fail.</summary>
    public Task Completion => _heartbeats;

    /// <summary>
    /// Registers and waits until the controller has unfenced this broker and this node's metadata shows it. Cancellation ends the waiting. Throws <see cref="TimeoutException"/> when it is not
    /// registered within initial.broker.registration.timeout.ms.
    /// </summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RegisterAsync(cancellationToken);

        // A broker that has not seen its own registration stays fenced, and would have to ask again.
        await loader.WaitForOffsetAsync(controller.CommittedImage.Offset).WaitAsync(cancellationToken);
        while (await HeartbeatAsync(wantShutDown: false) is not { IsFenced: false })
        {
            await PauseAsync(RetryMs, cancellationToken);
        }

        await loader.WaitForOffsetAsync(controller.CommittedImage.Offset);
        _heartbeats = KeepAliveAsync();
    }

    /// <summary>The next heartbeat does not wait: it has something to say. Any thread.</summary>
    public void BeatNow() => _urgent.TrySetResult();

    /// <summary>Asks leave to stop, so that leaders move first (controlled.shutdown.enable), for as long as the session would last; then lets the session end.</summary>
    public async Task StopAsync()
    {
        _stopping.Cancel();
        await _heartbeats;
        if (!configuration.ControlledShutdownEnable || BrokerEpoch < 0)
        {
            return;
        }

        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started).TotalMilliseconds < configuration.BrokerSessionTimeoutMs)
        {
            var response = await HeartbeatAsync(wantShutDown: true);
            if (response is null or { ShouldShutDown: true } or { ErrorCode: not ErrorCode.None })
            {
                return;
            }

            await PauseAsync(RetryMs, CancellationToken.None);
        }

        logger.LogWarning("the controller gave no leave to stop within {TimeoutMs} ms: stopping all the same", configuration.BrokerSessionTimeoutMs);
    }

    /// <summary>Ends the heartbeats without a word to the controller, as a kill does.</summary>
    public void StopBeating() => _stopping.Cancel();

    public void Dispose()
    {
        StopBeating();
        _stopping.Dispose();
    }

    private async Task RegisterAsync(CancellationToken cancellationToken)
    {
        var options = new RequestOptions(ApiVersion: BrokerRegistrationRequest.HighestVersion);
        var started = time.GetTimestamp();
        await ElectionAsync(cancellationToken);
        while (true)
        {
            var reply = await controller.RegisterBrokerAsync(registration, options);
            if (!reply.IsError && reply.Response!.ErrorCode == ErrorCode.None)
            {
                BrokerEpoch = reply.Response.BrokerEpoch;
                return;
            }

            var error = reply.IsError ? reply.Error.Code : reply.Response!.ErrorCode;
            if (time.GetElapsedTime(started).TotalMilliseconds >= configuration.InitialBrokerRegistrationTimeoutMs)
            {
                throw new TimeoutException(
                    $"broker {registration.BrokerId} was not registered within initial.broker.registration.timeout.ms={configuration.InitialBrokerRegistrationTimeoutMs}: {error.Message()}");
            }

            if (error is not (ErrorCode.NotController or ErrorCode.RequestTimedOut))
            {
                logger.LogError("broker {BrokerId} cannot register: {Error}", (int)registration.BrokerId, reply.IsError ? reply.Error.Message : error.Message());
            }

            await PauseAsync(RetryMs, cancellationToken);
        }
    }

    /// <summary>The quorum elects while this begins: a request that comes before it would be refused. Without an election the request says why.</summary>
    private async Task ElectionAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var paused = PauseAsync(configuration.InitialBrokerRegistrationTimeoutMs, limit.Token, isOwn: true);
        await Task.WhenAny(controller.Activated.FollowAsync(), paused);
        limit.Cancel();
        await paused;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<BrokerHeartbeatResponse?> HeartbeatAsync(bool wantShutDown)
    {
        var request = new BrokerHeartbeatRequest
        {
            BrokerId = registration.BrokerId,
            BrokerEpoch = BrokerEpoch,
            CurrentMetadataOffset = loader.Image.Offset,
            WantFence = false,
            WantShutDown = wantShutDown,

            // The controller moves leaders away from them (KIP-858).
            OfflineLogDirs = offlineDirectories(),
            CordonedLogDirs = cordonedDirectories(),
        };
        var reply = await controller.HeartbeatAsync(request, new RequestOptions(BrokerHeartbeatRequest.HighestVersion));
        if (!reply.IsError && reply.Response!.ErrorCode != ErrorCode.None)
        {
            logger.LogWarning("the controller refuses the heartbeat of broker {BrokerId}: {Error}", (int)registration.BrokerId, reply.Response.ErrorCode.Message());
        }

        return reply.Response;
    }

    private async Task KeepAliveAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            // What is urgent from here on is not in this heartbeat any more.
            var urgent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _urgent = urgent;
            await HeartbeatAsync(wantShutDown: false);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            var paused = PauseAsync(configuration.BrokerHeartbeatIntervalMs, pause.Token, isOwn: true);
            await Task.WhenAny(paused, urgent.Task.FollowAsync());
            pause.Cancel();
            await paused;
        }
    }

    /// <summary>Waits; the stop that ends a heartbeat's pause is no failure, another caller's cancellation is.</summary>
    private async Task PauseAsync(int milliseconds, CancellationToken cancellationToken, bool isOwn = false)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, cancellationToken);
        }
        catch (OperationCanceledException) when (isOwn)
        {
        }
    }
}
