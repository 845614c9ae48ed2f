using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Load;

/// <summary>
/// The produce requests of a workload, made once. acks=1: the page-cache mode, whatever durability the server's defaults add to acks=all; a durable workload says it in the topic's
/// configuration.
/// </summary>
internal sealed class ProduceRequests(Workload workload, string topic)
{
    public const short Version = 9;
    private readonly Batch _batch = Batch.Make(workload.BatchBytes, Workload.RecordBytes, workload.Codec);

    /// <summary>The partition that frames name for whoever writes another over it.</summary>
    public int? MarkedPartition { get; init; }

    public int BatchBytes => _batch.Bytes.Length;

    /// <summary>Of one batch.</summary>
    public int Records => _batch.Records;

    /// <summary>Of a batch before it was compressed.</summary>
    public int UncompressedBytes => _batch.UncompressedBytes;

    /// <summary>The partition that a connection's request names at that place.</summary>
    public int Partition(int connection, int index) => (connection + index) % workload.Partitions;

    public byte[] Frame(int connection) => KafkaClient.Frame(
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
                            Index = MarkedPartition ?? Partition(connection, index),
                            Records = _batch.Bytes,
                        }),
                    ],
                },
            ],
        },
        (_batch.Bytes.Length * workload.PartitionsPerRequest) + 1024);

    /// <summary>Everything was taken.</summary>
    public void Check(ReadOnlyMemory<byte> answer)
    {
        var reader = new MessageReader(answer);
        List<ProduceResponse.PartitionProduceResponse> written = ProduceResponse.Read(ref reader, Version).Responses[0].PartitionResponses;
        if (written.Count != workload.PartitionsPerRequest || written.Exists(partition => partition.ErrorCode != ErrorCode.None))
        {
            throw new BenchException($"a batch was refused: {string.Join(", ", written.Select(partition => $"{partition.ErrorCode} {partition.ErrorMessage}"))}");
        }
    }

    /// <summary>What a server answers that took everything; for the one that only moves bytes.</summary>
    public byte[] Answer() => KafkaClient.Answer(
        ApiKey.Produce,
        Version,
        new ProduceResponse
        {
            Responses =
            [
                new ProduceResponse.TopicProduceResponse
                {
                    Name = topic,
                    PartitionResponses = [.. Enumerable.Range(0, workload.PartitionsPerRequest).Select(index => new ProduceResponse.PartitionProduceResponse { Index = Partition(0, index), ErrorMessage = null })],
                },
            ],
        });
}
