using Moldau.Configuration;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

public class AdminClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_topic_has_its_result_and_what_passes_is_asked_again()
    {
        var network = new MemoryNetwork();
        var asked = new List<string>();
        using var broker = new ScriptedBroker(network, (request, _) => request switch
        {
            CreateTopicsRequest create => Create(create, asked),
            _ => AdminCluster.Metadata(request),
        });
        await using var admin = new AdminClient(AdminCluster.On(network));

        var results = await admin.CreateTopicsAsync([new NewTopic("there"), new NewTopic("new", 2), new NewTopic("moving")], null, Cancellation);

        results.Keys.ShouldBe(["there", "new", "moving"]);
        results["there"].Error!.Code.ShouldBe(ErrorCode.TopicAlreadyExists);
        results["there"].Error!.Message.ShouldContain("there");
        results["new"].Value.NumPartitions.ShouldBe(2);
        results["moving"].IsSuccess.ShouldBeTrue();
        asked.ShouldBe(["there", "new", "moving", "moving"]);
        Should.Throw<KafkaException>(() => results.ThrowIfAnyFailed()).Code.ShouldBe(ErrorCode.TopicAlreadyExists);
    }

    [Fact]
    public async Task An_item_that_the_response_leaves_out_fails()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => request is CreateTopicsRequest ? new CreateTopicsResponse() : AdminCluster.Metadata(request));
        await using var admin = new AdminClient(AdminCluster.On(network));

        KafkaException failure = await Should.ThrowAsync<KafkaException>(admin.CreateTopicAsync(new NewTopic("t"), Cancellation));

        failure.Code.ShouldBe(ErrorCode.UnknownServerError);
        failure.Message.ShouldContain("leaves it out");
    }

    [Fact]
    public async Task What_does_not_pass_in_time_fails_with_the_last_reason()
    {
        var network = new MemoryNetwork();
        var time = new ManualTimeProvider();
        var askedAgain = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int asked = 0;
        using var broker = new ScriptedBroker(network, (request, _) =>
        {
            if (request is not DeleteTopicsRequest delete)
            {
                return AdminCluster.Metadata(request);
            }

            if (++asked == 2)
            {
                askedAgain.SetResult();
            }

            return new DeleteTopicsResponse { Responses = [.. delete.Topics.Select(topic => new DeleteTopicsResponse.DeletableTopicResult { Name = topic.Name, ErrorCode = ErrorCode.NotController })] };
        });
        await using var admin = new AdminClient(AdminCluster.On(network, time) with { RequestTimeout = TimeSpan.FromHours(1) });
        Task deleting = admin.DeleteTopicAsync("t", Cancellation);
        await askedAgain.Task;

        time.Advance(admin.Options.DefaultApiTimeout);

        KafkaException failure = await Should.ThrowAsync<KafkaException>(deleting);
        failure.Code.ShouldBe(ErrorCode.RequestTimedOut);
        failure.InnerException.ShouldBeOfType<KafkaException>().Code.ShouldBe(ErrorCode.NotController);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_reached_is_named()
    {
        var network = new AbsentNetwork();
        var time = new ManualTimeProvider();
        await using var admin = new AdminClient(AdminCluster.On(network, time));
        Task listing = admin.ListTopicsAsync(null, Cancellation);
        var describing = admin.DescribeTopicsAsync(["t"], null, Cancellation);
        await network.TriedAgain;

        time.Advance(admin.Options.DefaultApiTimeout);

        (await Should.ThrowAsync<KafkaException>(listing)).Message.ShouldContain("broker:9092");
        (await describing)["t"].Error!.Message.ShouldContain("broker:9092");
    }

    [Fact]
    public async Task Topics_are_described_page_by_page()
    {
        var network = new MemoryNetwork();
        int pages = 0;
        using var broker = new ScriptedBroker(network, (request, _) =>
        {
            if (request is not DescribeTopicPartitionsRequest describe)
            {
                return AdminCluster.Metadata(request);
            }

            pages++;
            return AdminCluster.Page(describe, new Dictionary<string, int> { ["a"] = 3, ["b"] = 5, ["d"] = 1 });
        });
        await using var admin = new AdminClient(AdminCluster.On(network));

        var topics = await admin.DescribeTopicsAsync(["d", "b", "a", "c"], new DescribeTopicsOptions { PartitionSizeLimitPerResponse = 2 }, Cancellation);

        topics["a"].Value.Partitions.Select(partition => partition.Partition).ShouldBe([0, 1, 2]);
        topics["b"].Value.Partitions.Select(partition => partition.Partition).ShouldBe([0, 1, 2, 3, 4]);
        topics["d"].Value.Partitions.Count.ShouldBe(1);
        topics["c"].Error!.Code.ShouldBe(ErrorCode.UnknownTopicOrPartition);
        pages.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task Older_brokers_describe_topics_by_metadata()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => AdminCluster.Metadata(request)) { HighestVersions = { [ApiKey.DescribeTopicPartitions] = -1 } };
        await using var admin = new AdminClient(AdminCluster.On(network));

        TopicDescription topic = await admin.DescribeTopicAsync("t", Cancellation);

        topic.Partitions.Select(partition => partition.Leader).ShouldBe([1, 1]);
        topic.Partitions[0].EligibleLeaderReplicas.ShouldBeNull();
    }

    [Fact]
    public async Task What_the_broker_does_not_serve_is_said_at_once()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => AdminCluster.Metadata(request)) { HighestVersions = { [ApiKey.CreateAcls] = -1 } };
        await using var admin = new AdminClient(AdminCluster.On(network));
        var binding = new AclBinding(AclResourceType.Topic, "t", AclPatternType.Literal, "User:a", "*", AclOperation.Read, AclPermissionType.Allow);

        var results = await admin.CreateAclsAsync([binding], Cancellation);

        results[binding].Error!.Code.ShouldBe(ErrorCode.UnsupportedVersion);
        results[binding].Error!.Message.ShouldContain("does not serve CreateAcls");
    }

    [Fact]
    public async Task A_broker_that_the_cluster_does_not_have_is_not_waited_for()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => AdminCluster.Metadata(request));
        await using var admin = new AdminClient(AdminCluster.On(network));

        var directories = await admin.DescribeLogDirsAsync([7], Cancellation);

        directories[7].Error!.Code.ShouldBe(ErrorCode.BrokerIdNotRegistered);
        directories[7].Error!.Message.ShouldContain("alive are 1");
    }

    [Fact]
    public async Task Controllers_are_found_by_DescribeCluster()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => request is DescribeClusterRequest { EndpointType: 2 }
            ? new DescribeClusterResponse { ClusterId = "c", EndpointType = 2, ControllerId = 3, Brokers = [new() { BrokerId = 3, Host = "broker", Port = 9092 }] }
            : null)
        {
            HighestVersions = { [ApiKey.Metadata] = -1 },
        };
        await using var admin = new AdminClient(AdminCluster.On(network) with { BootstrapServers = "", BootstrapControllers = "broker:9092" });

        ClusterDescription cluster = await admin.DescribeClusterAsync(null, Cancellation);

        cluster.Controller.ShouldBe(new Node(3, "broker", 9092));
        (await Should.ThrowAsync<KafkaException>(admin.ListTopicsAsync(null, Cancellation))).Code.ShouldBe(ErrorCode.UnsupportedVersion);
    }

    [Fact]
    public void Brokers_and_controllers_at_once_are_refused() =>
        Should.Throw<ConfigurationException>(() => new AdminClient(AdminCluster.On(new MemoryNetwork()) with { BootstrapControllers = "other:9093" }))
            .Message.ShouldContain("bootstrap.controllers");

    [Fact]
    public async Task A_disposed_client_ends_what_waits()
    {
        var network = new MemoryNetwork();
        var never = new TaskCompletionSource();
        using var broker = new ScriptedBroker(network, (request, _) => AdminCluster.Metadata(request)) { Hold = never.Task };
        var admin = new AdminClient(AdminCluster.On(network));
        var listing = admin.DescribeTopicsAsync(["t"], null, Cancellation);

        await admin.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(listing);
        never.SetResult();
    }

    private static CreateTopicsResponse Create(CreateTopicsRequest request, List<string> asked)
    {
        bool isFirst = asked.Count == 0;
        asked.AddRange(request.Topics.Select(topic => topic.Name.Value));
        return new CreateTopicsResponse
        {
            Topics =
            [
                .. request.Topics.Select(topic => new CreateTopicsResponse.CreatableTopicResult
                {
                    Name = topic.Name,
                    NumPartitions = topic.NumPartitions,
                    ErrorCode = topic.Name == "there" ? ErrorCode.TopicAlreadyExists : topic.Name == "moving" && isFirst ? ErrorCode.NotController : ErrorCode.None,
                }),
            ],
        };
    }
}
