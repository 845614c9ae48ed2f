using BenchmarkDotNet.Attributes;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Micro;

/// <summary>Requests of the hot path: as objects, and walked where they lie.</summary>
public class DecodeBenchmarks
{
    private const short ProduceVersion = 12;
    private const short FetchVersion = 12;
    private byte[] _produce = [];
    private byte[] _fetch = [];

    [Params(1, 16)]
    public int Partitions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        byte[] batch = Samples.Batch(1024);
        _produce = Body(
            new ProduceRequest
            {
                Acks = -1,
                TopicData = [new() { Name = "topic", PartitionData = [.. Enumerable.Range(0, Partitions).Select(index => new ProduceRequest.PartitionProduceData { Index = index, Records = batch })] }],
            },
            ProduceVersion);
        _fetch = Body(
            new FetchRequest
            {
                Topics = [new() { Topic = "topic", Partitions = [.. Enumerable.Range(0, Partitions).Select(index => new FetchRequest.FetchPartition { Partition = index })] }],
            },
            FetchVersion);
    }

    [Benchmark]
    public int ProduceAsObjects()
    {
        var reader = new MessageReader(_produce);
        return ProduceRequest.Read(ref reader, ProduceVersion).TopicData.Count;
    }

    [Benchmark]
    public int ProduceInPlace()
    {
        var reader = ProduceRequestReader.Open(_produce, ProduceVersion);
        int partitions = 0;
        while (reader.NextTopic())
        {
            while (reader.NextPartition())
            {
                partitions++;
            }
        }

        return partitions;
    }

    [Benchmark]
    public int FetchAsObjects()
    {
        var reader = new MessageReader(_fetch);
        return FetchRequest.Read(ref reader, FetchVersion).Topics.Count;
    }

    private static byte[] Body(IApiMessage request, short version)
    {
        var writer = new MessageWriter();
        try
        {
            request.Write(ref writer, version);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
