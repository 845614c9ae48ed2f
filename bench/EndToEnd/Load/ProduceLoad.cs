using System.Diagnostics;
using System.Net;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Load;

/// <summary>
/// Sends the same valid request again and again over each connection, a bounded number at a time, for a while or until enough is written. acks=1: the page-cache mode, whatever durability
/// the server's defaults add to acks=all.
/// </summary>
internal sealed class ProduceLoad(Workload workload, string topic)
{
    private const short Version = 9;
    private readonly Batch _batch = Batch.Make(workload.BatchBytes, Workload.RecordBytes);
    private readonly long[] _recordsWritten = new long[workload.Partitions];

    /// <summary>How many records each partition must have now.</summary>
    public IReadOnlyList<long> RecordsWritten => _recordsWritten;

    public LoadResult Run(IPEndPoint server, double seconds, long bytesMax = Workload.RunBytesMax)
    {
        var connections = new ProduceConnection[workload.Connections];
        for (int i = 0; i < connections.Length; i++)
        {
            connections[i] = new ProduceConnection(KafkaClient.Connect(server), Request(i), workload.Depth, workload.PartitionsPerRequest);
        }

        long began = Stopwatch.GetTimestamp();
        long deadline = began + (long)(seconds * Stopwatch.Frequency);
        long requestsMax = Math.Max(1, bytesMax / ((long)_batch.Bytes.Length * workload.PartitionsPerRequest * connections.Length));
        Task.WaitAll(connections.Select(connection => connection.RunAsync(deadline, requestsMax)).ToArray());
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        long requests = 0;
        for (int i = 0; i < connections.Length; i++)
        {
            requests += connections[i].Answered;
            for (int p = 0; p < workload.PartitionsPerRequest; p++)
            {
                _recordsWritten[Partition(i, p)] += connections[i].Answered * _batch.Records;
            }

            connections[i].Dispose();
        }

        return new LoadResult(elapsed, requests, requests * _batch.Bytes.Length * workload.PartitionsPerRequest);
    }

    private int Partition(int connection, int index) => (connection + index) % workload.Partitions;

    private byte[] Request(int connection) => KafkaClient.Frame(
        ApiKey.Produce,
        Version,
        new ProduceRequest
        {
            Acks = 1,
            TimeoutMs = 30_000,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = topic,
                    PartitionData =
                    [
                        .. Enumerable.Range(0, workload.PartitionsPerRequest).Select(index => new ProduceRequest.PartitionProduceData
                        {
                            Index = Partition(connection, index),
                            Records = _batch.Bytes,
                        }),
                    ],
                },
            ],
        },
        _batch.Bytes.Length + 1024);
}
