using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Load;

/// <summary>Each request has one batch for a partition that is drawn anew, out of all partitions of all topics. Goes on counting from run to run: the topics stay.</summary>
internal sealed class RandomProduceLoad(Workload workload)
{
    private const int MarkedPartition = 0x5A3C_A55A;
    private readonly long[][] _recordsWritten = [.. Enumerable.Range(0, workload.StartTopics).Select(_ => new long[workload.StartTopicPartitions])];

    /// <summary>The name of a topic; all are of one length.</summary>
    public string Topic(int number) => string.Create(CultureInfo.InvariantCulture, $"{workload.Name}-{number:D3}");

    /// <summary>How many records each partition of the topic must have now.</summary>
    public IReadOnlyList<long> RecordsWritten(int topic) => _recordsWritten[topic];

    public LoadResult Run(IPEndPoint server, double seconds, int seed)
    {
        var requests = new ProduceRequests(workload, Topic(0)) { MarkedPartition = MarkedPartition };
        var connections = new RequestConnection[workload.Connections];
        for (int i = 0; i < connections.Length; i++)
        {
            byte[] frame = requests.Frame(i);
            connections[i] = new RequestConnection(KafkaClient.Connect(server), frame, workload.Depth, requests.Check) { Prepare = Drawing(frame, new Random(seed + i)) };
        }

        long began = Stopwatch.GetTimestamp();
        long deadline = began + (long)(seconds * Stopwatch.Frequency);
        Task.WaitAll(connections.Select(connection => connection.RunAsync(deadline, long.MaxValue)).ToArray());
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        long answered = connections.Sum(connection => (long)connection.Answered);
        Array.ForEach(connections, connection => connection.Dispose());
        return new LoadResult(elapsed, answered, answered * requests.UncompressedBytes);
    }

    /// <summary>Writes the number of another topic and partition into the frame, and counts what goes there: all that was sent is answered in the end.</summary>
    private Action Drawing(byte[] frame, Random random)
    {
        byte[] marker = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(marker, MarkedPartition);
        int partitionAt = frame.AsSpan().IndexOf(marker);
        byte[] name = System.Text.Encoding.UTF8.GetBytes(Topic(0));
        int numberAt = frame.AsSpan().IndexOf(name) + name.Length - 3;
        return () =>
        {
            int topic = random.Next(workload.StartTopics);
            int partition = random.Next(workload.StartTopicPartitions);
            topic.TryFormat(frame.AsSpan(numberAt, 3), out _, "D3", CultureInfo.InvariantCulture);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(partitionAt), partition);
            Interlocked.Increment(ref _recordsWritten[topic][partition]);
        };
    }
}
