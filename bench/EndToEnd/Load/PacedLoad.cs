using System.Diagnostics;
using System.Net;
using Moldau.EndToEnd.Latency;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Load;

/// <summary>Sends produce requests at a fixed rate, spread over the connections in turn, and measures each from when it was due until its answer is here.</summary>
internal sealed class PacedLoad(Workload workload, string topic, double perSecond)
{
    private readonly ProduceRequests _requests = new(workload, topic);
    private readonly long[] _recordsWritten = new long[workload.Partitions];

    public IReadOnlyList<long> RecordsWritten => _recordsWritten;

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>When the record with that offset of the partition was due; each partition is written by one connection alone.</summary>
    public long Due(int partition, long offset) => Pacer.Due(Began, (offset * workload.Connections) + partition, perSecond);

    public long Began { get; private set; }

    public LoadResult Run(IPEndPoint server, double seconds)
    {
        long perConnection = Math.Max(1, (long)(seconds * perSecond / workload.Connections));
        long count = perConnection * workload.Connections;
        var connections = new PacedConnection[workload.Connections];
        Began = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10);
        for (int i = 0; i < connections.Length; i++)
        {
            connections[i] = new PacedConnection(KafkaClient.Connect(server), _requests.Frame(i), Began, perSecond);
        }

        Task[] receiving = [.. connections.Select(connection => connection.ReceiveAsync(perConnection))];
        Pacer.Run(Began, count, perSecond, number => connections[number % connections.Length].Send(number));
        Task.WaitAll(receiving);
        double elapsed = Stopwatch.GetElapsedTime(Began).TotalSeconds;
        for (int i = 0; i < connections.Length; i++)
        {
            Latencies.Add(connections[i].Latencies);
            _recordsWritten[_requests.Partition(i, 0)] += connections[i].Answered * _requests.Records;
            connections[i].Dispose();
        }

        return new LoadResult(elapsed, count, count * _requests.BatchBytes);
    }
}
