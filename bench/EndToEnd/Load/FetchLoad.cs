using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Load;

/// <summary>Reads a topic's partitions from their start, and again from there at their end, one request after the other.</summary>
internal sealed class FetchLoad(string topic, IReadOnlyList<long> records, int partitionBytes)
{
    private const short Version = 12;
    private const int AnswerHeaderBytes = 5;
    private readonly long[] _offsets = new long[records.Count];
    private byte[] _answer = new byte[partitionBytes + 64 * 1024];

    /// <summary>The server sends ranges that are no whole batches.</summary>
    public bool IsUnchecked { get; init; }

    /// <summary>Reads for a while; only offsets are checked.</summary>
    public LoadResult Run(IPEndPoint server, double seconds)
    {
        using Socket socket = KafkaClient.Connect(server);
        long began = Stopwatch.GetTimestamp();
        long deadline = began + (long)(seconds * Stopwatch.Frequency);
        long requests = 0;
        long bytes = 0;
        while (Stopwatch.GetTimestamp() < deadline)
        {
            bytes += Fetch(socket, withCrc: false);
            requests++;
        }

        return new LoadResult(Stopwatch.GetElapsedTime(began).TotalSeconds, requests, bytes);
    }

    /// <summary>Reads everything once; each batch must be there, with its offsets and the right checksum.</summary>
    public void Verify(IPEndPoint server)
    {
        using Socket socket = KafkaClient.Connect(server);
        bool[] done = new bool[records.Count];
        for (int empty = 0; Array.IndexOf(done, false) >= 0;)
        {
            empty = Fetch(socket, withCrc: true, done) > 0 ? 0 : empty + 1;
            if (empty == 10)
            {
                throw new BenchException($"{topic} ends early: {string.Join(", ", _offsets)} of {string.Join(", ", records)} records");
            }
        }
    }

    private long Fetch(Socket socket, bool withCrc, bool[]? done = null)
    {
        byte[] request = Request(done);
        socket.SendAll(request);
        socket.ReceiveAll(_answer.AsSpan(0, 4));
        int size = BinaryPrimitives.ReadInt32BigEndian(_answer);
        if (size > _answer.Length)
        {
            _answer = new byte[size];
        }

        socket.ReceiveAll(_answer.AsSpan(0, size));
        var reader = new MessageReader(_answer.AsMemory(AnswerHeaderBytes, size - AnswerHeaderBytes));
        FetchResponse response = FetchResponse.Read(ref reader, Version);
        if (response.ErrorCode != ErrorCode.None)
        {
            throw new BenchException($"fetch: {response.ErrorCode}");
        }

        foreach (FetchResponse.FetchableTopicResponse answered in response.Responses)
        {
            foreach (FetchResponse.PartitionData partition in answered.Partitions)
            {
                if (!IsUnchecked)
                {
                    Take(partition, withCrc, done);
                }
            }
        }

        return size;
    }

    private void Take(FetchResponse.PartitionData partition, bool withCrc, bool[]? done)
    {
        int index = partition.PartitionIndex;
        if (partition.ErrorCode != ErrorCode.None)
        {
            throw new BenchException($"fetch of {topic}-{index}: {partition.ErrorCode}");
        }

        long offset = Batch.Check(partition.Records is { } read ? read.Span : default, _offsets[index], withCrc);
        if (offset > records[index])
        {
            throw new BenchException($"{topic}-{index} has offset {offset}, but only {records[index]} records were written");
        }

        bool ended = offset == records[index];
        _offsets[index] = ended && done is null ? 0 : offset;
        if (ended && done is not null)
        {
            done[index] = true;
        }
    }

    private byte[] Request(bool[]? done) => KafkaClient.Frame(ApiKey.Fetch, Version, new FetchRequest
    {
        MaxWaitMs = 100,
        MinBytes = 1,
        MaxBytes = 64 * 1024 * 1024,
        SessionEpoch = -1,
        Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = topic,
                Partitions =
                [
                    .. Enumerable.Range(0, records.Count).Where(index => done is null || !done[index]).Select(index => new FetchRequest.FetchPartition
                    {
                        Partition = index,
                        FetchOffset = _offsets[index],
                        PartitionMaxBytes = partitionBytes,
                    }),
                ],
            },
        ],
    });
}
