using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Controller.Tests;

public sealed class TopicManagerTests
{
    [Fact]
    public void A_topic_gets_its_partitions_spread_over_the_brokers()
    {
        MetadataImage image = Fixtures.Cluster(3);
        ControllerResult<CreateTopicsResponse> result = Create(image, Topic("t", 6, 2));
        result.Response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None);
        TopicImage topic = image.After(result).Topics.Find("t").ShouldNotBeNull();
        topic.PartitionCount.ShouldBe(6);
        topic.Partitions.GroupBy(partition => partition.Value.Leader).Select(group => group.Count()).ShouldAllBe(count => count == 2);
        topic.Partitions.ShouldAllBe(partition => partition.Value.Isr.Length == 2);
        result.Response.Topics[0].Configs.ShouldNotBeNull().Count.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData("", 1, 1, ErrorCode.InvalidTopicException, "Topic name is invalid: the empty string is not allowed")]
    [InlineData("a/b", 1, 1, ErrorCode.InvalidTopicException, "Topic name is invalid: 'a/b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    [InlineData("t", 1, 1, ErrorCode.TopicAlreadyExists, "Topic 't' already exists.")]
    [InlineData("new", 0, 1, ErrorCode.InvalidPartitions, "Number of partitions was set to an invalid non-positive value.")]
    [InlineData("new", 1, 0, ErrorCode.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value.")]
    [InlineData("new", 1, 4, ErrorCode.InvalidReplicationFactor, "Unable to replicate the partition 4 time(s): The target replication factor of 4 cannot be reached because only 3 broker(s) are registered or some brokers have all their log directories cordoned.")]
    [InlineData("new", 20000, 1, ErrorCode.PolicyViolation, null)]
    public void A_bad_topic_is_refused_with_what_is_wrong(string name, int partitions, short factor, ErrorCode code, string? message)
    {
        MetadataImage image = Fixtures.Cluster(3).WithTopic([1]);
        ControllerResult<CreateTopicsResponse> result = Create(image, Topic(name, partitions, factor));
        result.Records.ShouldBeEmpty();
        result.Response.Topics.Single().ErrorCode.ShouldBe(code);
        if (message is not null)
        {
            result.Response.Topics[0].ErrorMessage.ShouldBe(message);
        }
    }

    [Fact]
    public void A_name_that_differs_in_dot_and_underscore_only_collides()
    {
        MetadataImage image = Fixtures.Cluster(1);
        image = image.After(Create(image, Topic("a.b", 1, 1)));
        CreateTopicsResponse.CreatableTopicResult result = Create(image, Topic("a_b", 1, 1)).Response.Topics.Single();
        (result.ErrorCode, result.ErrorMessage).ShouldBe((ErrorCode.InvalidTopicException, "Topic 'a_b' collides with existing topic: a.b"));
    }

    [Fact]
    public void A_topic_named_twice_is_refused_once_and_others_are_made()
    {
        ControllerResult<CreateTopicsResponse> result = Create(Fixtures.Cluster(1), Topic("a", 1, 1), Topic("a", 2, 1), Topic("b", 1, 1));
        result.Response.Topics.Select(topic => (topic.Name.Value, topic.ErrorCode, topic.ErrorMessage)).ShouldBe(
            [("a", ErrorCode.InvalidRequest, "Duplicate topic name."), ("b", ErrorCode.None, null)]);
    }

    [Fact]
    public void Validating_makes_nothing()
    {
        var request = new CreateTopicsRequest { Topics = [Topic("a", 1, 1)], ValidateOnly = true };
        ControllerResult<CreateTopicsResponse> result = TopicManager.Create(Fixtures.Cluster(1), request, Fixtures.Context());
        result.Records.ShouldBeEmpty();
        result.Response.Topics.Single().ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Theory]
    [InlineData("nonsense", "1", "Unknown topic config name: nonsense")]
    [InlineData("retention.ms", "soon", null)]
    public void A_bad_configuration_is_refused(string key, string value, string? message)
    {
        CreateTopicsRequest.CreatableTopic topic = Topic("a", 1, 1);
        topic.Configs.Add(new() { Name = key, Value = value });
        CreateTopicsResponse.CreatableTopicResult result = Create(Fixtures.Cluster(1), topic).Response.Topics.Single();
        result.ErrorCode.ShouldBe(ErrorCode.InvalidConfig);
        result.ErrorMessage.ShouldNotBeNull();
        if (message is not null)
        {
            result.ErrorMessage.ShouldBe(message);
        }
    }

    [Fact]
    public void A_manual_assignment_is_taken_as_it_is()
    {
        MetadataImage image = Fixtures.Cluster(3);
        image = image.After(Create(image, Manual("a", [[3, 1], [2, 3]])));
        image.Partition("a", 0).Replicas.ShouldBe([3, 1]);
        image.Partition("a", 1).Leader.ShouldBe(2);
    }

    [Theory]
    [InlineData("1,9", "The manual partition assignment includes broker 9, but no such broker is registered.")]
    [InlineData("1,1", "The manual partition assignment includes the broker 1 more than once.")]
    [InlineData("", "The manual partition assignment includes an empty replica list.")]
    public void A_bad_manual_assignment_is_refused(string replicas, string message)
    {
        int[] ids = [.. replicas.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        CreateTopicsResponse.CreatableTopicResult result = Create(Fixtures.Cluster(2), Manual("a", [ids])).Response.Topics.Single();
        (result.ErrorCode, result.ErrorMessage).ShouldBe((ErrorCode.InvalidReplicaAssignment, message));
    }

    [Fact]
    public void An_assignment_and_a_count_contradict_each_other()
    {
        CreateTopicsRequest.CreatableTopic topic = Manual("a", [[1]]);
        topic.NumPartitions = 1;
        CreateTopicsResponse.CreatableTopicResult result = Create(Fixtures.Cluster(1), topic).Response.Topics.Single();
        (result.ErrorCode, result.ErrorMessage).ShouldBe(
            (ErrorCode.InvalidRequest, "A manual partition assignment was specified, but numPartitions was not set to -1."));
    }

    [Fact]
    public void Topics_are_deleted_by_name_and_by_id()
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        image.After(Delete(image, 6, new() { Name = (TopicName?)new TopicName("t") })).Topics.Count.ShouldBe(0);
        image.After(Delete(image, 6, new() { TopicId = Fixtures.TopicId })).Topics.Count.ShouldBe(0);
    }

    [Fact]
    public void Deleting_what_does_not_exist_says_so()
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        Delete(image, 6, new() { Name = (TopicName?)new TopicName("x") }).Response.Responses.Single().ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);
        Delete(image, 6, new() { TopicId = new Uuid(9, 999) }).Response.Responses.Single().ErrorCode.ShouldBe(ErrorCode.UnknownTopicId);
        Delete(image, 6, new()).Response.Responses.Single().ErrorMessage.ShouldBe("Neither topic name nor id were specified.");
        Delete(image, 6, new() { Name = (TopicName?)new TopicName("t"), TopicId = Fixtures.TopicId }).Response.Responses.Single().ErrorMessage
            .ShouldBe("You may not specify both topic name and topic id.");
    }

    [Fact]
    public void Partitions_only_grow()
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        image.After(Grow(image, 3)).Topics.Find("t")!.PartitionCount.ShouldBe(3);
        Grow(image, 1).Response.Results.Single().ErrorMessage.ShouldBe("Topic already has 1 partition(s).");
        Grow(image, 0).Response.Results.Single().ErrorMessage.ShouldBe("The topic t currently has 1 partition(s); 0 would not be an increase.");
    }

    private static ControllerResult<CreatePartitionsResponse> Grow(MetadataImage image, int count)
    {
        var request = new CreatePartitionsRequest { Topics = [new() { Name = "t", Count = count, Assignments = null }] };
        return TopicManager.CreatePartitions(image, request, Fixtures.Context());
    }

    private static ControllerResult<DeleteTopicsResponse> Delete(MetadataImage image, short version, DeleteTopicsRequest.DeleteTopicState topic) =>
        TopicManager.Delete(image, new DeleteTopicsRequest { Topics = [topic] }, Fixtures.Context(version));

    private static ControllerResult<CreateTopicsResponse> Create(MetadataImage image, params CreateTopicsRequest.CreatableTopic[] topics) =>
        TopicManager.Create(image, new CreateTopicsRequest { Topics = [.. topics] }, Fixtures.Context());

    private static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions, short factor) =>
        new() { Name = name, NumPartitions = partitions, ReplicationFactor = factor };

    private static CreateTopicsRequest.CreatableTopic Manual(string name, int[][] replicas)
    {
        CreateTopicsRequest.CreatableTopic topic = Topic(name, -1, -1);
        for (int i = 0; i < replicas.Length; i++)
        {
            topic.Assignments.Add(new() { PartitionIndex = i, BrokerIds = [.. replicas[i]] });
        }

        return topic;
    }
}
