using Moldau.Configuration;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

public class ClusterClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_topic_is_waited_for_until_the_broker_knows_it()
    {
        var network = new MemoryNetwork();
        int asked = 0;
        using var broker = new ScriptedBroker(network, (request, _) => Metadata((MetadataRequest)request, ++asked < 3 ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None));
        await using var cluster = new ClusterClient(TestOptions.On(network));

        TopicView topic = await cluster.TopicAsync("orders", Cancellation);

        topic.Partitions.Length.ShouldBe(2);
        asked.ShouldBe(3);
        cluster.View.Find("orders", 1)!.Leader.ShouldBe(1);
    }

    [Fact]
    public async Task A_topic_that_cannot_be_is_not_waited_for()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => Metadata((MetadataRequest)request, ErrorCode.TopicAuthorizationFailed));
        await using var cluster = new ClusterClient(TestOptions.On(network));

        KafkaException refused = await Should.ThrowAsync<KafkaException>(cluster.TopicAsync("orders", Cancellation).AsTask());

        refused.Code.ShouldBe(ErrorCode.TopicAuthorizationFailed);
    }

    [Fact]
    public async Task A_leader_epoch_does_not_go_back()
    {
        var network = new MemoryNetwork();
        int epoch = 5;
        using var broker = new ScriptedBroker(network, (request, _) => Metadata((MetadataRequest)request, ErrorCode.None, epoch--));
        await using var cluster = new ClusterClient(TestOptions.On(network));
        await cluster.TopicAsync("orders", Cancellation);

        await cluster.RefreshAsync(Cancellation);

        cluster.View.Find("orders", 0)!.LeaderEpoch.ShouldBe(5);
    }

    [Fact]
    public async Task A_leader_named_by_a_response_is_taken_over_when_its_epoch_is_newer()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => Metadata((MetadataRequest)request, ErrorCode.None, 5));
        await using var cluster = new ClusterClient(TestOptions.On(network));
        await cluster.TopicAsync("orders", Cancellation);

        cluster.UpdateLeader("orders", 0, 2, 5, new BrokerView(2, "other", 9092, null)).ShouldBeFalse();
        cluster.UpdateLeader("orders", 0, 2, 6, new BrokerView(2, "other", 9092, null)).ShouldBeTrue();

        cluster.View.Find("orders", 0)!.Leader.ShouldBe(2);
        cluster.View.Brokers[2].Host.ShouldBe("other");
    }

    [Fact]
    public async Task A_lost_connection_is_made_again()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => request is MetadataRequest metadata ? Metadata(metadata, ErrorCode.None) : new ListGroupsResponse());
        await using var cluster = new ClusterClient(TestOptions.On(network));
        await cluster.CallAnyAsync<ListGroupsResponse>(new ListGroupsRequest(), Cancellation);
        int before = broker.Connections;

        broker.CloseConnections();
        await cluster.CallAnyAsync<ListGroupsResponse>(new ListGroupsRequest(), Cancellation);

        broker.Connections.ShouldBeGreaterThan(before);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("host:99999")]
    public void A_wrong_list_of_servers_is_refused_by_name(string servers) =>
        Should.Throw<ConfigurationException>(() => new ClusterClient(TestOptions.On(new MemoryNetwork()) with { BootstrapServers = servers })).Message.ShouldContain("bootstrap.servers");

    private static MetadataResponse Metadata(MetadataRequest request, ErrorCode error, int leaderEpoch = 0) => new()
    {
        ClusterId = "cluster",
        ControllerId = 1,
        Brokers = [new() { NodeId = 1, Host = "broker", Port = 9092 }],
        Topics =
        [
            .. (request.Topics ?? []).Select(topic => new MetadataResponse.MetadataResponseTopic
            {
                Name = topic.Name,
                ErrorCode = error,
                Partitions = error != ErrorCode.None ? [] : [.. Enumerable.Range(0, 2).Select(index => new MetadataResponse.MetadataResponsePartition
                {
                    PartitionIndex = index, LeaderId = 1, LeaderEpoch = leaderEpoch, ReplicaNodes = [1], IsrNodes = [1],
                })],
            }),
        ],
    };
}
