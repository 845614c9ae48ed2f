using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>
/// A client of a simulated node: one connection, made anew when it is lost; requests in order, as many under way as its user starts. Everything runs on the client's own process.
/// </summary>
public sealed class SimClient(SimWorld world, SimScheduler process, SimHost network, string host, int port, string clientId)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);
    private SimClientConnection? _connection;
    private Task _turn = Task.CompletedTask;

    public SimScheduler Process { get; } = process;

    public SimWorld World { get; } = world;

    public string Id { get; } = clientId;

    /// <summary>Sends a request and returns its answer; throws <see cref="SimClientException"/> when none comes.</summary>
    public async Task<TResponse> CallAsync<TResponse>(IRequest request, short version)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        ReadOnlyMemory<byte> frame = await await InTurnAsync(connection => connection.CallAsync(request, version, Timeout));
        return Read<TResponse>(frame, request.ApiKey, version);
    }

    /// <summary>Sends a request that is not answered: produce with acks=0.</summary>
    public async Task SendAsync(IRequest request, short version) => await await InTurnAsync(connection => connection.SendAsync(request, version));

    /// <summary>Lets the world run until the call has ended; it is made again for as long as it gets no answer. What it throws else fails the simulation, and so does a node that is away for longer.</summary>
    public void Complete(Func<Task> call, TimeSpan patience)
    {
        Task task = Process.Call(async () =>
        {
            while (true)
            {
                try
                {
                    await call();
                    return;
                }
                catch (SimClientException)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), Process.Time);
                }
            }
        });
        if (!World.RunUntil(task, Process, patience))
        {
            throw new SimulationFailedException($"{Id} still waits for an answer after {patience}");
        }

        if (task.IsFaulted)
        {
            throw new SimulationFailedException(task.Exception!.GetBaseException().Message, task.Exception);
        }
    }

    /// <summary>As <see cref="Complete(Func{Task}, TimeSpan)"/>, with a result.</summary>
    public T Complete<T>(Func<Task<T>> call, TimeSpan patience)
    {
        Task<T>? last = null;
        Func<Task> kept = () => last = call();
        Complete(kept, patience);
        return last!.Result;
    }

    /// <summary>Requests leave in the order of their calls, also those that wait for the connection.</summary>
    private async Task<T> InTurnAsync<T>(Func<SimClientConnection, T> begin)
    {
        Task before = _turn;
        var left = new TaskCompletionSource();
        _turn = left.Task;
        await before;
        try
        {
            return begin(await ConnectAsync());
        }
        finally
        {
            left.SetResult();
        }
    }

    private static TResponse Read<TResponse>(ReadOnlyMemory<byte> frame, ApiKey key, short version)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        var reader = new MessageReader(frame);
        ResponseFrame.ReadHeader(ref reader, ApiCatalog.Get(key), version);
        return TResponse.Read(ref reader, version);
    }

    private async Task<SimClientConnection> ConnectAsync()
    {
        if (_connection is { IsLost: false } connection)
        {
            return connection;
        }

        try
        {
            _connection = new SimClientConnection(await network.ConnectAsync(host, port, CancellationToken.None), this);
            return _connection;
        }
        catch (NetworkException failure)
        {
            throw new SimClientException(failure.Message);
        }
    }
}
