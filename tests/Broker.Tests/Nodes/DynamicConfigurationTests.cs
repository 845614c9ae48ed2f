using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Broker.Tests;

/// <summary>Broker configuration that changes while the node runs (KIP-226), seen by a client.</summary>
public sealed class DynamicConfigurationTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const string Defaults = "";
    private const string ThisBroker = "1";

    [Fact]
    public async Task The_largest_message_changes_for_the_next_request()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        (await ProduceAsync(client, new string('x', 200))).ErrorCode.ShouldBe(ErrorCode.None);

        (await SetAsync(client, Broker, Defaults, "message.max.bytes", "100")).ErrorCode.ShouldBe(ErrorCode.None);

        (await ProduceAsync(client, new string('x', 200))).ErrorCode.ShouldBe(ErrorCode.MessageTooLarge);
        (await SetAsync(client, Broker, ThisBroker, "message.max.bytes", "1000")).ErrorCode.ShouldBe(ErrorCode.None);
        (await ProduceAsync(client, new string('x', 200))).ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task A_changed_configuration_is_still_there_after_a_restart()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using (var client = await node.ConnectAsync())
        {
            await SetAsync(client, Broker, Defaults, "message.max.bytes", "100");
        }

        await node.StopAsync();
        await node.StartAsync();

        using var again = await node.ConnectAsync();
        (await ProduceAsync(again, new string('x', 200))).ErrorCode.ShouldBe(ErrorCode.MessageTooLarge);
    }

    [Fact]
    public async Task Records_older_than_a_shortened_retention_go()
    {
        await using var node = await NodeFixture.StartAsync(
            ("log.retention.ms", "-1"), ("log.retention.check.interval.ms", "1"), ("log.initial.task.delay.ms", "0"));
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await ProduceAsync(client, "old");
        (await StartOffsetAsync(client)).ShouldBe(0);

        (await SetAsync(client, Broker, Defaults, "log.retention.ms", "1000")).ErrorCode.ShouldBe(ErrorCode.None);

        // The batch of the fixture is of a time long ago, and the log manager looks each second.
        long start;
        while ((start = await StartOffsetAsync(client)) == 0)
        {
        }

        start.ShouldBe(1);
    }

    [Theory]
    [InlineData("max.connections")]
    [InlineData("listener.name.plaintext.max.connections")]
    public async Task A_raised_limit_lets_in_the_connection_that_waited(string key)
    {
        await using var node = await NodeFixture.StartAsync();
        using var quiet = await node.ConnectAsync();
        using var first = await node.ConnectAsync();
        (await SetAsync(first, Broker, ThisBroker, key, "2")).ErrorCode.ShouldBe(ErrorCode.None);

        // The listener was waiting for one more connection when the limit came, and lets that one in yet; max.connections then closes the quietest.
        using var ahead = await node.ConnectAsync();
        await ahead.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest(), 0);
        using var late = await node.ConnectAsync();
        await late.SendAsync(new ApiVersionsRequest(), 0);
        var waiting = late.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0);
        await DescribeAsync(first, key);
        waiting.IsCompleted.ShouldBeFalse();

        (await SetAsync(first, Broker, ThisBroker, key, "10")).ErrorCode.ShouldBe(ErrorCode.None);

        (await waiting).ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task Timestamps_and_compression_follow_the_brokers_keys()
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        (await ProduceAsync(client, "a")).LogAppendTimeMs.ShouldBe(-1);

        await SetAsync(client, Broker, Defaults, "log.message.timestamp.type", "LogAppendTime");
        await SetAsync(client, Broker, Defaults, "compression.type", "gzip");

        (await ProduceAsync(client, "b")).LogAppendTimeMs.ShouldBeGreaterThan(0);
        var fetched = await client.CallAsync<FetchResponse>(
            new FetchRequest { MaxWaitMs = 0, MinBytes = 1, SessionEpoch = -1, Topics = [new() { Topic = "t", Partitions = [new() { FetchOffset = 1, PartitionMaxBytes = 1 << 20 }] }] }, 12);
        var batch = new RecordBatchHeader(fetched.Responses.Single().Partitions.Single().Records!.Value.Span);
        batch.CompressionType.ShouldBe(CompressionType.Gzip);
        batch.BaseOffset.ShouldBe(1);
    }

    [Theory]
    [InlineData(Broker, Defaults, "num.partitions", "3", ErrorCode.InvalidRequest, "Cannot update these configs dynamically: [num.partitions]")]
    [InlineData(Broker, ThisBroker, "message.max.bytes", "many", ErrorCode.InvalidRequest, "many")]
    public async Task What_cannot_be_set_is_refused_with_the_reason(sbyte type, string name, string key, string value, ErrorCode error, string reason)
    {
        await using var node = await NodeFixture.StartAsync();
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();

        var response = await SetAsync(client, type, name, key, value);

        response.ErrorCode.ShouldBe(error);
        response.ErrorMessage!.ShouldContain(reason);
    }

    private static async Task<IncrementalAlterConfigsResponse.AlterConfigsResourceResponse> SetAsync(NodeClient client, sbyte type, string name, string key, string value)
    {
        var response = await client.CallAsync<IncrementalAlterConfigsResponse>(
            new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = type, ResourceName = name, Configs = [new() { Name = key, ConfigOperation = 0, Value = value }] }] }, 1);
        return response.Responses.Single();
    }

    private static Task<DescribeConfigsResponse> DescribeAsync(NodeClient client, string key) =>
        client.CallAsync<DescribeConfigsResponse>(new DescribeConfigsRequest { Resources = [new() { ResourceType = Broker, ResourceName = ThisBroker, ConfigurationKeys = [key] }] }, 4);

    private static async Task<ProduceResponse.PartitionProduceResponse> ProduceAsync(NodeClient client, string value) =>
        (await client.CallAsync<ProduceResponse>(NodeFixture.Produce("t", NodeFixture.Batch(value)), 12)).Responses.Single().PartitionResponses.Single();

    private static async Task<long> StartOffsetAsync(NodeClient client)
    {
        var response = await client.CallAsync<ListOffsetsResponse>(
            new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Timestamp = -2 }] }] }, 7);
        return response.Topics.Single().Partitions.Single().Offset;
    }
}
