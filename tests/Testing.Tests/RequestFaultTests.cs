using System.Text;
using Moldau.Embedded.Tests;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Testing.Tests;

public class RequestFaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task So_many_requests_fail_and_do_nothing_and_the_next_is_served()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");

        using var fault = node.Faults.Fail(ApiKey.Produce, ErrorCode.NotLeaderOrFollower, times: 3);
        for (var i = 0; i < 3; i++)
        {
            (await client.TryProduceAsync("t", "refused")).ShouldBe(ErrorCode.NotLeaderOrFollower);
        }

        await client.ProduceAsync("t", "taken");
        fault.Hits.ShouldBe(3);
        await fault.FirstHit;
        (await client.EndOffsetAsync("t")).ShouldBe(1);
    }

    [Fact]
    public async Task A_rule_for_one_client_leaves_the_others_alone_and_ends_when_disposed()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var mine = await node.Node.ConnectAsync("mine");
        using var other = await node.Node.ConnectAsync("other");
        await other.CreateTopicAsync("t");

        var fault = node.Faults.Fail(ApiKey.Produce, ErrorCode.KafkaStorageError, NodeFaults.Always, clientId: "mine");
        (await other.TryProduceAsync("t", "taken")).ShouldBe(ErrorCode.None);
        (await mine.TryProduceAsync("t", "refused")).ShouldBe(ErrorCode.KafkaStorageError);
        fault.Dispose();
        (await mine.TryProduceAsync("t", "taken")).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task Fetches_fail_in_each_partition_also_in_a_session_that_names_none()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");
        var opened = await client.CallAsync<FetchResponse>(FullFetch(), 12);
        opened.SessionId.ShouldNotBe(0);

        node.Faults.Fail(ApiKey.Fetch, ErrorCode.FencedLeaderEpoch);
        var failed = await client.CallAsync<FetchResponse>(new FetchRequest { MaxBytes = 1 << 20, SessionId = opened.SessionId, SessionEpoch = 1 }, 12);
        failed.ErrorCode.ShouldBe(ErrorCode.None);
        failed.Responses.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.FencedLeaderEpoch);

        node.Faults.Fail(ApiKey.Fetch, ErrorCode.FetchSessionIdNotFound);
        var lost = await client.CallAsync<FetchResponse>(new FetchRequest { MaxBytes = 1 << 20, SessionId = opened.SessionId, SessionEpoch = 2 }, 12);
        lost.ErrorCode.ShouldBe(ErrorCode.FetchSessionIdNotFound);

        static FetchRequest FullFetch() => new()
        {
            MaxBytes = 1 << 20,
            SessionEpoch = 0,
            Topics = [new() { Topic = "t", Partitions = [new() { Partition = 0, PartitionMaxBytes = 1 << 20 }] }],
        };
    }

    [Fact]
    public async Task Other_apis_fail_where_Apache_Kafka_puts_the_error()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();

        node.Faults.Fail(ApiKey.Metadata, ErrorCode.LeaderNotAvailable);
        (await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12)).Topics.Single().ErrorCode.ShouldBe(ErrorCode.LeaderNotAvailable);
        node.Faults.Fail(ApiKey.ApiVersions, ErrorCode.UnsupportedVersion);
        (await client.CallAsync<ApiVersionsResponse>(new ApiVersionsRequest { ClientSoftwareName = "t", ClientSoftwareVersion = "1" }, 3)).ErrorCode.ShouldBe(ErrorCode.UnsupportedVersion);
        node.Faults.Fail(ApiKey.JoinGroup, ErrorCode.CoordinatorLoadInProgress);
        (await client.CallAsync<JoinGroupResponse>(new JoinGroupRequest { GroupId = "g", ProtocolType = "consumer", Protocols = [] }, 5)).ErrorCode.ShouldBe(ErrorCode.CoordinatorLoadInProgress);
        node.Faults.Fail(ApiKey.CreateTopics, ErrorCode.NotController);
        var created = await client.CallAsync<CreateTopicsResponse>(new CreateTopicsRequest { Topics = [new() { Name = "t", NumPartitions = 1, ReplicationFactor = 1 }] }, 7);
        created.Topics.Single().ErrorCode.ShouldBe(ErrorCode.NotController);
    }

    [Fact]
    public async Task A_lost_answer_leaves_its_effect_and_a_lost_request_none()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");

        node.Faults.LoseRequest(ApiKey.Produce);
        using (var first = await node.Node.ConnectAsync())
        {
            (await Requests.LosesConnectionAsync(() => first.ProduceAsync("t", "never arrived"))).ShouldBeTrue();
        }

        node.Faults.LoseAnswer(ApiKey.Produce);
        using (var second = await node.Node.ConnectAsync())
        {
            (await Requests.LosesConnectionAsync(() => second.ProduceAsync("t", "arrived"))).ShouldBeTrue();
        }

        (await client.EndOffsetAsync("t")).ShouldBe(1);
        Encoding.UTF8.GetString(await client.FetchAsync("t")).ShouldContain("arrived");
    }

    [Fact]
    public async Task A_delay_goes_by_the_clock_of_the_node()
    {
        await using var node = await TestNode.StartAsync(options => options.UsesVirtualTime = true, Cancellation);
        using var client = await node.Node.ConnectAsync();
        await client.CreateTopicAsync("t");

        using var fault = node.Faults.DelayAnswer(ApiKey.Produce, TimeSpan.FromHours(3));
        var producing = client.ProduceAsync("t", "late");
        await fault.FirstHit;
        await node.Time.AdvanceAsync(TimeSpan.FromHours(2), Cancellation);
        producing.IsCompleted.ShouldBeFalse();
        await node.Time.AdvanceAsync(TimeSpan.FromHours(1), Cancellation);
        (await producing).ShouldBe(0);
    }

    [Fact]
    public async Task A_request_that_hangs_does_not_hold_the_stop()
    {
        await using var node = await TestNode.StartAsync(cancellationToken: Cancellation);
        using var client = await node.Node.ConnectAsync();
        using var fault = node.Faults.Hang(ApiKey.Metadata);
        await client.SendAsync(new MetadataRequest { Topics = [] }, 12);
        await fault.FirstHit;

        await node.StopAsync();
        await node.RestartAsync(Cancellation);
        using var again = await node.Node.ConnectAsync();
        (await again.CallAsync<MetadataResponse>(new MetadataRequest { Topics = [] }, 12)).Brokers.Count.ShouldBe(1);
    }
}
