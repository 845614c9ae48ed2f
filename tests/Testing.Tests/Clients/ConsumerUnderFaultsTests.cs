using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Testing.Tests.Clients;

/// <summary>What a test of an application writes about its consumer, on one node for all of them, as docs/in-process.md has it.</summary>
public class ConsumerUnderFaultsTests(SharedNode shared) : IClassFixture<SharedNode>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ErrorCode.NotLeaderOrFollower)]
    [InlineData(ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.KafkaStorageError)]
    [InlineData(ErrorCode.FetchSessionIdNotFound)]
    public async Task A_fetch_that_fails_is_tried_again_and_nothing_is_left_out(ErrorCode error)
    {
        TestNode node = await shared.NodeAsync();
        string topic = await TopicOfAsync(node, "1", "2", "3");
        string clientId = shared.NewName("reader");
        using RequestFault fault = node.Faults.Fail(ApiKey.Fetch, error, times: 2, clientId);

        await using var consumer = Consumer(node, topic, new ConsumerOptions { ClientId = clientId });
        (await consumer.TakeAsync(3)).ShouldBe(["1", "2", "3"]);
        fault.Hits.ShouldBe(2);
    }

    [Theory]
    [InlineData(ApiKey.FindCoordinator, ErrorCode.CoordinatorNotAvailable)]
    [InlineData(ApiKey.JoinGroup, ErrorCode.CoordinatorLoadInProgress)]
    [InlineData(ApiKey.SyncGroup, ErrorCode.RebalanceInProgress)]
    [InlineData(ApiKey.OffsetFetch, ErrorCode.CoordinatorLoadInProgress)]
    [InlineData(ApiKey.Metadata, ErrorCode.LeaderNotAvailable)]
    public async Task A_coordinator_that_is_not_ready_is_waited_for(ApiKey api, ErrorCode error)
    {
        TestNode node = await shared.NodeAsync();
        string topic = await TopicOfAsync(node, "1", "2");
        string clientId = shared.NewName("member");
        using RequestFault fault = node.Faults.Fail(api, error, times: 2, clientId);

        await using var consumer = Consumer(node, topic, new ConsumerOptions { ClientId = clientId, GroupId = shared.NewName("group") });
        (await consumer.TakeAsync(2)).ShouldBe(["1", "2"]);
        fault.Hits.ShouldBe(2);
    }

    [Fact]
    public async Task A_member_that_the_coordinator_does_not_know_any_more_joins_again_and_goes_on_where_it_committed()
    {
        TestNode node = await shared.NodeAsync();
        string topic = await TopicOfAsync(node, "1", "2");
        string clientId = shared.NewName("member");
        await using var consumer = Consumer(node, topic, new ConsumerOptions { ClientId = clientId, GroupId = shared.NewName("group"), HeartbeatInterval = TimeSpan.FromMilliseconds(50) });
        (await consumer.TakeAsync(2)).ShouldBe(["1", "2"]);
        await consumer.CommitAsync(Cancellation);

        using RequestFault fault = node.Faults.Fail(ApiKey.Heartbeat, ErrorCode.UnknownMemberId, clientId: clientId);
        Task<List<string>> taking = consumer.TakeAsync(1);
        await fault.FirstHit.WaitAsync(Cancellation);
        await SendAsync(node, topic, "3");
        (await taking).ShouldBe(["3"]);
    }

    [Fact]
    public async Task A_commit_that_a_rebalance_overtakes_is_told_and_one_whose_answer_is_lost_is_not()
    {
        TestNode node = await shared.NodeAsync();
        string topic = await TopicOfAsync(node, "1", "2");
        string clientId = shared.NewName("member");
        await using var consumer = Consumer(node, topic, new ConsumerOptions { ClientId = clientId, GroupId = shared.NewName("group"), AutoCommit = false });
        await consumer.TakeAsync(1);

        using RequestFault lost = node.Faults.LoseAnswer(ApiKey.OffsetCommit, clientId: clientId);
        await consumer.CommitAsync(Cancellation);
        lost.Hits.ShouldBe(1);

        using RequestFault refused = node.Faults.Fail(ApiKey.OffsetCommit, ErrorCode.UnknownMemberId, clientId: clientId);
        (await Should.ThrowAsync<KafkaException>(() => consumer.CommitAsync(Cancellation))).Code.ShouldBe(ErrorCode.UnknownMemberId);
        refused.Hits.ShouldBe(1);

        var partition = new TopicPartition(topic, 0);
        (await consumer.Raw.CommittedAsync([partition], Cancellation))[partition].Offset.ShouldBe(1);
    }

    [Fact]
    public async Task An_offset_that_is_gone_is_answered_by_what_the_options_say()
    {
        TestNode node = await shared.NodeAsync();
        string topic = await TopicOfAsync(node, "1", "2");
        string clientId = shared.NewName("reader");
        await using var consumer = Consumer(node, topic, new ConsumerOptions { ClientId = clientId });
        (await consumer.TakeAsync(2)).ShouldBe(["1", "2"]);

        using RequestFault fault = node.Faults.Fail(ApiKey.Fetch, ErrorCode.OffsetOutOfRange, clientId: clientId);
        (await consumer.TakeAsync(2)).ShouldBe(["1", "2"]);
        fault.Hits.ShouldBe(1);
    }

    private async Task<string> TopicOfAsync(TestNode node, params string[] values)
    {
        string topic = shared.NewName("topic");
        await SendAsync(node, topic, values);
        return topic;
    }

    private static async Task SendAsync(TestNode node, string topic, params string[] values)
    {
        await using var producer = new Producer<string, string>(node.For(new ProducerOptions()), Serdes.Utf8, Serdes.Utf8);
        foreach (string value in values)
        {
            await producer.SendAsync(topic, "key", value, cancellationToken: Cancellation);
        }
    }

    /// <summary>A consumer at the beginning of the topic: a member of its group, or alone where it has none.</summary>
    private static Consumer<string, string> Consumer(TestNode node, string topic, ConsumerOptions options)
    {
        var consumer = new Consumer<string, string>(node.For(options with { OffsetReset = OffsetReset.Earliest }), Serdes.Utf8, Serdes.Utf8);
        if (options.GroupId is null)
        {
            consumer.Raw.Assign(new TopicPartition(topic, 0));
        }
        else
        {
            consumer.Subscribe(topic);
        }

        return consumer;
    }
}
