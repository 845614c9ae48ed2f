using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using Moldau.EndToEnd.Latency;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Load;

/// <summary>A consumer at the tail of one partition: each fetch waits until there is something. Its task runs on the sockets' thread.</summary>
/// <param name="socket">Its connection.</param>
/// <param name="topic">What it reads.</param>
/// <param name="partition">Which partition of it.</param>
/// <param name="due">When the record of an offset was due; null when nobody wants to know how long it took.</param>
internal sealed class TailReader(Socket socket, string topic, int partition, Func<int, long, long>? due) : IDisposable
{
    private const short Version = 12;
    private const int AnswerHeaderBytes = 5;
    private const int PartitionBytes = 1024 * 1024;
    private readonly byte[] _request = KafkaClient.Frame(ApiKey.Fetch, Version, Request(topic, partition));
    private byte[] _answer = new byte[PartitionBytes + 4096];
    private readonly int _offsetAt = OffsetAt(topic, partition);

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Records read so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Reads until it has so many records, as a promise that becomes known when the producers are done.</summary>
    public async Task RunAsync(Func<long> target)
    {
        while (Offset < target())
        {
            BinaryPrimitives.WriteInt64BigEndian(_request.AsSpan(_offsetAt), Offset);
            await socket.SendAllAsync(_request);
            await socket.ReceiveAllAsync(_answer.AsMemory(0, 4));
            int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
            if (size > _answer.Length)
            {
                _answer = new byte[size];
            }

            await socket.ReceiveAllAsync(_answer.AsMemory(0, size));
            Take(size);
        }
    }

    public void Dispose() => socket.Dispose();

    private void Take(int size)
    {
        long now = Stopwatch.GetTimestamp();
        var reader = new MessageReader(_answer.AsMemory(AnswerHeaderBytes, size - AnswerHeaderBytes));
        FetchResponse response = FetchResponse.Read(ref reader, Version);
        FetchResponse.PartitionData read = response.Responses[0].Partitions[0];
        if (response.ErrorCode != ErrorCode.None || read.ErrorCode != ErrorCode.None)
        {
            throw new BenchException($"fetch of {topic}-{partition}: {response.ErrorCode} {read.ErrorCode}");
        }

        long end = Batch.Check(read.Records is { } records ? records.Span : default, Offset, withCrc: false);
        for (long offset = Offset; due is not null && offset < end; offset++)
        {
            Latencies.Add((now - due(partition, offset)) * 1_000_000 / Stopwatch.Frequency);
        }

        Offset = end;
    }

    private static FetchRequest Request(string topic, int partition, long offset = 0) => new()
    {
        MaxWaitMs = 100,
        MinBytes = 1,
        MaxBytes = 64 * 1024 * 1024,
        SessionEpoch = -1,
        Topics = [new FetchRequest.FetchTopic { Topic = topic, Partitions = [new FetchRequest.FetchPartition { Partition = partition, FetchOffset = offset, PartitionMaxBytes = PartitionBytes }] }],
    };

    /// <summary>Where the offset stands in the frame: where two frames with different offsets differ.</summary>
    private static int OffsetAt(string topic, int partition)
    {
        byte[] zero = KafkaClient.Frame(ApiKey.Fetch, Version, Request(topic, partition));
        byte[] other = KafkaClient.Frame(ApiKey.Fetch, Version, Request(topic, partition, long.MaxValue));
        return zero.AsSpan().CommonPrefixLength(other);
    }
}
