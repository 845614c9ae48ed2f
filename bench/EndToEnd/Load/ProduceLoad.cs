using System.Diagnostics;
using System.Net;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Load;

/// <summary>Sends the same valid request again and again over each connection, a bounded number at a time, for a while or until enough is written.</summary>
internal sealed class ProduceLoad(Workload workload, string topic)
{
    private readonly ProduceRequests _requests = new(workload, topic);
    private readonly long[] _recordsWritten = new long[workload.Partitions];

    /// <summary>How many records each partition must have now.</summary>
    public IReadOnlyList<long> RecordsWritten => _recordsWritten;

    public LoadResult Run(IPEndPoint server, double seconds, long bytesMax = Workload.RunBytesMax)
    {
        var connections = new RequestConnection[workload.Connections];
        for (int i = 0; i < connections.Length; i++)
        {
            connections[i] = new RequestConnection(KafkaClient.Connect(server), _requests.Frame(i), workload.Depth, _requests.Check);
        }

        long began = Stopwatch.GetTimestamp();
        long deadline = began + (long)(seconds * Stopwatch.Frequency);
        long requestsMax = Math.Max(1, bytesMax / ((long)_requests.BatchBytes * workload.PartitionsPerRequest * connections.Length));
        Task.WaitAll(connections.Select(connection => connection.RunAsync(deadline, requestsMax)).ToArray());
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        long requests = 0;
        for (int i = 0; i < connections.Length; i++)
        {
            requests += connections[i].Answered;
            for (int p = 0; p < workload.PartitionsPerRequest; p++)
            {
                _recordsWritten[_requests.Partition(i, p)] += connections[i].Answered * _requests.Records;
            }

            connections[i].Dispose();
        }

        return new LoadResult(elapsed, requests, requests * _requests.UncompressedBytes * workload.PartitionsPerRequest);
    }
}
