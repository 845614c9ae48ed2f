using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Latency;

/// <summary>One connection of an open load: one thread sends when it is told to, the sockets' thread takes the answers. The correlation id is the number of the request in the whole load.</summary>
internal sealed class PacedConnection(Socket socket, byte[] request, long began, double perSecond) : IDisposable
{
    private const int ErrorlessAnswerBytesMax = 64 * 1024;
    private readonly byte[] _answers = new byte[ErrorlessAnswerBytesMax];
    private long _sent;

    public LatencyHistogram Latencies { get; } = new();

    public long Answered { get; private set; }

    public void Send(long number)
    {
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(KafkaClient.CorrelationIdAt), (int)number);
        Interlocked.Increment(ref _sent);
        for (int done = 0; done < request.Length;)
        {
            done += socket.Send(request.AsSpan(done));
        }
    }

    /// <summary>Takes answers until there are so many.</summary>
    public async Task ReceiveAsync(long count)
    {
        int have = 0;
        while (Answered < count)
        {
            int received = await socket.ReceiveAsync(_answers.AsMemory(have), SocketFlags.None);
            have += received > 0 ? received : throw new BenchException("the server closed the connection");
            have = Take(have);
        }
    }

    public void Dispose() => socket.Dispose();

    private int Take(int have)
    {
        long now = Stopwatch.GetTimestamp();
        int at = 0;
        while (have - at >= 4)
        {
            int size = BinaryPrimitives.ReadInt32BigEndian(_answers.AsSpan(at)) + 4;
            if (have - at < size)
            {
                break;
            }

            int number = BinaryPrimitives.ReadInt32BigEndian(_answers.AsSpan(at + 4));
            Latencies.Add((now - Pacer.Due(began, number, perSecond)) * 1_000_000 / Stopwatch.Frequency);
            Answered++;
            at += size;
        }

        _answers.AsSpan(at, have - at).CopyTo(_answers);
        return have - at;
    }
}
