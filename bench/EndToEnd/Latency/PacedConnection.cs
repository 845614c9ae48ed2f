using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Latency;

/// <summary>One connection of an open load: one thread sends when it is told to, the sockets' thread takes the answers. The correlation id is the number of the request in the whole load.</summary>
internal sealed class PacedConnection(Socket socket, byte[] request, long began, double perSecond) : IDisposable
{
    public LatencyHistogram Latencies { get; } = new();

    public long Answered { get; private set; }

    public void Send(long number)
    {
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(KafkaClient.CorrelationIdAt), (int)number);
        socket.SendAll(request);
    }

    /// <summary>Takes answers until there are so many.</summary>
    public async Task ReceiveAsync(long count)
    {
        var answers = new AnswerStream(socket, Take);
        while (Answered < count)
        {
            await answers.ReceiveAsync();
        }
    }

    public void Dispose() => socket.Dispose();

    private void Take(ReadOnlyMemory<byte> answer)
    {
        int number = BinaryPrimitives.ReadInt32BigEndian(answer.Span[4..]);
        Latencies.Add((Stopwatch.GetTimestamp() - Pacer.Due(began, number, perSecond)) * 1_000_000 / Stopwatch.Frequency);
        Answered++;
    }
}
