using System.Buffers.Binary;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>One connection of a client: frames go out one after the other, answers come back in the same order.</summary>
internal sealed class SimClientConnection
{
    private readonly INetworkConnection _network;
    private readonly SimClient _client;
    private readonly Queue<(int CorrelationId, TaskCompletionSource<ReadOnlyMemory<byte>> Answer)> _waiting = new();
    private Task _sending = Task.CompletedTask;
    private int _correlationId;

    public SimClientConnection(INetworkConnection network, SimClient client)
    {
        _network = network;
        _client = client;
        _ = client.Process.Start(ReceiveAsync);
    }

    public bool IsLost { get; private set; }

    /// <summary>The answer's frame without its size. Throws <see cref="SimClientException"/> when none comes in time; the connection is given up then.</summary>
    public async Task<ReadOnlyMemory<byte>> CallAsync(IRequest request, short version, TimeSpan timeout)
    {
        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        int id = ++_correlationId;
        _waiting.Enqueue((id, answer));
        using ITimer timer = _client.Process.Time.CreateTimer(_ => Lose($"no answer within {timeout}"), null, timeout, System.Threading.Timeout.InfiniteTimeSpan);
        _ = SendInOrderAsync(Frame(request, version, id));
        return await answer.Task;
    }

    public Task SendAsync(IRequest request, short version) => SendInOrderAsync(Frame(request, version, ++_correlationId));

    private byte[] Frame(IRequest request, short version, int correlationId)
    {
        var writer = new MessageWriter();
        try
        {
            RequestFrame.Write(ref writer, new RequestHeader { RequestApiVersion = version, CorrelationId = correlationId, ClientId = _client.Id }, request);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private Task SendInOrderAsync(byte[] frame) => _sending = SendAfterAsync(_sending, frame);

    private async Task SendAfterAsync(Task before, byte[] frame)
    {
        await before;
        if (IsLost)
        {
            return;
        }

        try
        {
            await _network.SendAsync(frame, CancellationToken.None);
        }
        catch (NetworkException failure)
        {
            Lose(failure.Message);
        }
    }

    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                byte[] frame = await ReceiveBytesAsync(BinaryPrimitives.ReadInt32BigEndian(await ReceiveBytesAsync(sizeof(int))));
                if (IsLost)
                {
                    return;
                }

                int id = BinaryPrimitives.ReadInt32BigEndian(frame);
                if (!_waiting.TryDequeue(out var next) || next.CorrelationId != id)
                {
                    throw new SimulationFailedException($"{_client.Id}: an answer with correlation id {id} came, expected {next.CorrelationId}");
                }

                next.Answer.SetResult(frame);
            }
        }
        catch (NetworkException failure)
        {
            Lose(failure.Message);
        }
    }

    private async Task<byte[]> ReceiveBytesAsync(int count)
    {
        byte[] bytes = new byte[count];
        for (int received = 0; received < count;)
        {
            int more = await _network.ReceiveAsync(bytes.AsMemory(received), CancellationToken.None);
            received += more > 0 ? more : throw new NetworkException("the node closed the connection");
        }

        return bytes;
    }

    private void Lose(string reason)
    {
        if (IsLost)
        {
            return;
        }

        IsLost = true;
        _network.Dispose();
        while (_waiting.TryDequeue(out var next))
        {
            next.Answer.TrySetException(new SimClientException(reason));
        }
    }
}
