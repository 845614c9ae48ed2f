using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>What a fetch costs in memory, in a whole node, once the first ones are over.</summary>
public sealed class FetchAllocationTests
{
    private const int WarmUps = 500;
    private const int Requests = 1000;

    [Theory]
    [InlineData(12, 1)]
    [InlineData(12, 16)]
    [InlineData(18, 16)]
    public async Task A_stream_of_fetches_allocates_nothing(short version, int partitions)
    {
#if DEBUG
        Assert.Skip("debug builds make an object of each call of an async method; ./test builds for release");
#endif
        await using var node = await NodeFixture.StartAsync(("durability", "kafka"));
        await node.CreateTopicAsync("t", partitions);
        var request = await RequestAsync(node, version, partitions);
        ScriptedConnection scripted = await ScriptedConnection.RunAsync(node, request, WarmUps, Requests);
        scripted.FileBytes.ShouldBe((long)NodeFixture.Batch("a record").Length * partitions * (WarmUps + Requests));
        scripted.ShouldAllocateNothing();
    }

    /// <summary>The frame; each partition has one batch.</summary>
    private static async Task<byte[]> RequestAsync(NodeFixture node, short version, int partitions)
    {
        using var client = await node.ConnectAsync();
        for (var i = 0; i < partitions; i++)
        {
            var produce = new ProduceRequest
            {
                Acks = 1,
                TimeoutMs = 30_000,
                TopicData = [new() { Name = "t", PartitionData = [new() { Index = i, Records = NodeFixture.Batch("a record") }] }],
            };
            (await client.CallAsync<ProduceResponse>(produce, 12)).Responses.Single().PartitionResponses.Single().ErrorCode.ShouldBe(ErrorCode.None);
        }

        var metadata = await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12);
        return NodeClient.Frame(
            new FetchRequest
            {
                MaxWaitMs = 0,
                MinBytes = 1,
                MaxBytes = int.MaxValue,
                SessionEpoch = -1,
                Topics =
                [
                    new()
                    {
                        Topic = version >= 13 ? "" : "t",
                        TopicId = version >= 13 ? metadata.Topics.Single().TopicId : default,
                        Partitions = [.. Enumerable.Range(0, partitions).Select(index => new FetchRequest.FetchPartition { Partition = index, PartitionMaxBytes = 1 << 20 })],
                    },
                ],
            },
            version,
            correlationId: 7,
            "test");
    }
}
