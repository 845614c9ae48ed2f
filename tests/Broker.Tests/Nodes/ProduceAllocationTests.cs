using System.Buffers.Binary;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>What a produce request costs in memory, in a whole node, once the first ones are over.</summary>
public sealed class ProduceAllocationTests
{
    private const int WarmUps = 500;
    private const int Requests = 1000;

    [Theory]
    [InlineData(12, 1, 1, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(12, 16, 1, 0)]
    [InlineData(12, 1, 16, 1)]
    [InlineData(13, 3, 2, 1)]
    public async Task A_stream_of_produce_requests_allocates_nothing(short version, int records, int partitions, short acks)
    {
#if DEBUG
        Assert.Skip("debug builds make an object of each call of an async method; ./test builds for release");
#endif
        await using var node = await NodeFixture.StartAsync(("durability", "kafka"));

        // The files of the disk in memory have their size from the beginning, so that they do not grow under the requests.
        await node.CreateTopicAsync("t", partitions, ("preallocate", "true"), ("segment.bytes", "4194304"), ("index.interval.bytes", "4000000"));
        var request = await RequestAsync(node, version, records, partitions, acks);
        ScriptedConnection scripted = await ScriptedConnection.RunAsync(node, request, WarmUps, Requests);
        scripted.Answers.ShouldBe(acks == 0 ? 0 : WarmUps + Requests);
        (await EndAsync(node, partitions - 1)).ShouldBe((WarmUps + Requests + 1) * records);
        scripted.ShouldAllocateNothing();
    }

    /// <summary>The frame, after one like it has been taken.</summary>
    private static async Task<byte[]> RequestAsync(NodeFixture node, short version, int records, int partitions, short acks)
    {
        using var client = await node.ConnectAsync();
        var metadata = await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12);
        var batch = NodeFixture.Batch([.. Enumerable.Range(0, records).Select(index => $"record {index}")]);
        var request = new ProduceRequest
        {
            Acks = acks,
            TimeoutMs = 30_000,
            TopicData =
            [
                new()
                {
                    Name = version >= 13 ? "" : "t",
                    TopicId = version >= 13 ? metadata.Topics.Single().TopicId : default,
                    PartitionData = [.. Enumerable.Range(0, partitions).Select(index => new ProduceRequest.PartitionProduceData { Index = index, Records = batch })],
                },
            ],
        };
        if (acks == 0)
        {
            await client.SendAsync(request, version);
            await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = [] }, 12);
        }
        else
        {
            var answer = await client.CallAsync<ProduceResponse>(request, version);
            answer.Responses.Single().PartitionResponses.ShouldAllBe(partition => partition.ErrorCode == ErrorCode.None);
        }

        var body = NodeClient.Frame(request, version, correlationId: 7, "test");
        BinaryPrimitives.ReadInt32BigEndian(body).ShouldBe(body.Length - 4);
        return body;
    }

    private static async Task<long> EndAsync(NodeFixture node, int partition)
    {
        using var client = await node.ConnectAsync();
        var answer = await client.CallAsync<ListOffsetsResponse>(
            new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = partition, Timestamp = -1 }] }] }, 7);
        return answer.Topics.Single().Partitions.Single().Offset;
    }
}
