using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Load;

/// <summary>One connection that keeps so many of one request under way. Its task runs on the sockets' thread; used once.</summary>
/// <param name="socket">The connection.</param>
/// <param name="request">What is sent, again and again, under a correlation id of its own.</param>
/// <param name="depth">How many are under way.</param>
/// <param name="check">Refuses a wrong answer; gets what follows the header of an answer with tagged fields.</param>
internal sealed class RequestConnection(Socket socket, byte[] request, int depth, Action<ReadOnlyMemory<byte>> check) : IDisposable
{
    /// <summary>Size and correlation id, then the tagged fields of the header.</summary>
    private const int AnswerHeaderBytes = 9;

    private int _sent;

    public int Answered { get; private set; }

    /// <summary>Changes the request before each time that it is sent.</summary>
    public Action? Prepare { get; init; }

    /// <summary>Sends until the deadline or the number of requests, then waits for the answers that are owed.</summary>
    public async Task RunAsync(long deadline, long requestsMax)
    {
        var answers = new AnswerStream(socket, Check);
        while (true)
        {
            while (_sent - Answered < depth && _sent < requestsMax && Stopwatch.GetTimestamp() < deadline)
            {
                BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(KafkaClient.CorrelationIdAt), _sent);
                Prepare?.Invoke();
                _sent++;
                await socket.SendAllAsync(request);
            }

            if (_sent == Answered)
            {
                return;
            }

            await answers.ReceiveAsync();
        }
    }

    public void Dispose() => socket.Dispose();

    private void Check(ReadOnlyMemory<byte> answer)
    {
        int correlationId = BinaryPrimitives.ReadInt32BigEndian(answer.Span[4..]);
        if (correlationId != Answered)
        {
            throw new BenchException($"the answer of request {correlationId} came where that of {Answered} is next");
        }

        // One answer in sixteen is read as a whole: the load must stay lighter than the server, and reading back finds what is missing.
        if ((Answered++ & 15) == 0)
        {
            check(answer[AnswerHeaderBytes..]);
        }
    }
}
