using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>Consumer groups (KIP-848) of a whole node, as a client sees them.</summary>
public sealed class ConsumerGroupNodeTests
{
    private const string Group = "group";

    private static readonly (string, string)[] Small = [("offsets.topic.replication.factor", "1"), ("offsets.topic.num.partitions", "3")];

    [Fact]
    public async Task A_member_joins_commits_is_described_and_finds_its_group_after_a_restart()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        await node.CreateTopicAsync("t", 2);
        Uuid topic;
        using (var client = await node.ConnectAsync("c"))
        {
            await CoordinatorAsync(client);
            var joined = await client.CallAsync<ConsumerGroupHeartbeatResponse>(Join("a"), 1);
            joined.ErrorCode.ShouldBe(ErrorCode.None);
            joined.MemberEpoch.ShouldBe(2);
            topic = joined.Assignment!.TopicPartitions.Single().TopicId;
            joined.Assignment.TopicPartitions.Single().Partitions.Count.ShouldBe(2);
            (await CommitAsync(client, "a", 2, topic)).ShouldBe(ErrorCode.None);
            (await CommitAsync(client, "a", 3, topic)).ShouldBe(ErrorCode.StaleMemberEpoch);
            (await CommitAsync(client, "zombie", 2, topic)).ShouldBe(ErrorCode.UnknownMemberId);
        }

        await node.StopAsync();
        await node.StartAsync();
        using var again = await node.ConnectAsync("c");
        await CoordinatorAsync(again);
        (await again.CallAsync<ConsumerGroupHeartbeatResponse>(Beat("a", 2), 1)).MemberEpoch.ShouldBe(2);
        var described = await again.CallAsync<ConsumerGroupDescribeResponse>(new ConsumerGroupDescribeRequest { GroupIds = [Group, "nobody"], IncludeAuthorizedOperations = true }, 1);
        var group = described.Groups.Single(found => found.GroupId.Value == Group);
        group.GroupState.ShouldBe("Stable");
        group.AssignorName.ShouldBe("uniform");
        group.AuthorizedOperations.ShouldBeGreaterThan(0);
        group.Members.Single().ClientId.ShouldBe("c");
        group.Members.Single().ClientHost.ShouldStartWith("/");
        group.Members.Single().Assignment.TopicPartitions.Single().TopicName.Value.ShouldBe("t");
        described.Groups.Single(found => found.GroupId.Value == "nobody").ErrorCode.ShouldBe(ErrorCode.GroupIdNotFound);
        (await again.CallAsync<ListGroupsResponse>(new ListGroupsRequest { TypesFilter = ["consumer"] }, 5)).Groups.Single().GroupState.ShouldBe("Stable");
        (await DeleteAsync(again)).ShouldBe(ErrorCode.NonEmptyGroup);
        (await again.CallAsync<ConsumerGroupHeartbeatResponse>(Beat("a", -1), 1)).MemberEpoch.ShouldBe(-1);
        (await DeleteAsync(again)).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task What_a_heartbeat_must_not_be_like_is_refused_in_words()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await CoordinatorAsync(client);
        var noId = await client.CallAsync<ConsumerGroupHeartbeatResponse>(Join(string.Empty), 1);
        noId.ErrorCode.ShouldBe(ErrorCode.InvalidRequest);
        noId.ErrorMessage.ShouldBe("MemberId can't be empty.");
        (await client.CallAsync<ConsumerGroupHeartbeatResponse>(Join(string.Empty), 0)).MemberId.ShouldNotBeNullOrEmpty("in version 0 the coordinator makes it");
        var assignor = Join("a");
        assignor.ServerAssignor = "sticky";
        var refused = await client.CallAsync<ConsumerGroupHeartbeatResponse>(assignor, 1);
        refused.ErrorCode.ShouldBe(ErrorCode.UnsupportedAssignor);
        refused.ErrorMessage.ShouldBe("ServerAssignor sticky is not supported. Supported assignors: uniform, range.");
        var pattern = Join("a");
        pattern.SubscribedTopicRegex = "(";
        (await client.CallAsync<ConsumerGroupHeartbeatResponse>(pattern, 1)).ErrorMessage
            .ShouldBe("SubscribedTopicRegex `(` is not a valid regular expression: missing closing ).");
    }

    [Fact]
    public async Task A_group_configuration_takes_effect_with_the_next_heartbeat()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await CoordinatorAsync(client);
        (await client.CallAsync<ConsumerGroupHeartbeatResponse>(Join("a"), 1)).HeartbeatIntervalMs.ShouldBe(5_000);
        var alter = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = 32,
                    ResourceName = Group,
                    Configs = [new() { Name = "consumer.heartbeat.interval.ms", ConfigOperation = 0, Value = "7000" }],
                },
            ],
        };
        (await client.CallAsync<IncrementalAlterConfigsResponse>(alter, 1)).Responses.Single().ErrorCode.ShouldBe(ErrorCode.None);
        (await client.CallAsync<ConsumerGroupHeartbeatResponse>(Beat("a", 2), 1)).HeartbeatIntervalMs.ShouldBe(7_000);
    }

    [Fact]
    public async Task Without_the_protocol_in_the_configuration_it_is_not_served()
    {
        await using var node = await NodeFixture.StartAsync([.. Small, ("group.coordinator.rebalance.protocols", "classic")]);
        using var client = await node.ConnectAsync();
        (await client.CallAsync<ConsumerGroupHeartbeatResponse>(Join("a"), 1)).ErrorCode.ShouldBe(ErrorCode.UnsupportedVersion);
        (await client.CallAsync<ConsumerGroupDescribeResponse>(new ConsumerGroupDescribeRequest { GroupIds = [Group] }, 1)).Groups.Single().ErrorCode
            .ShouldBe(ErrorCode.UnsupportedVersion);
    }

    private static async Task CoordinatorAsync(NodeClient client)
    {
        while ((await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { CoordinatorKeys = [Group] }, 4)).Coordinators.Single().ErrorCode != ErrorCode.None
            || (await client.CallAsync<OffsetFetchResponse>(
                new OffsetFetchRequest { Groups = [new() { GroupId = Group, MemberId = null, Topics = null }] }, 9)).Groups.Single().ErrorCode != ErrorCode.None)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<ErrorCode> CommitAsync(NodeClient client, string member, int epoch, Uuid topic)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = Group,
            MemberId = member,
            GenerationIdOrMemberEpoch = epoch,
            GroupInstanceId = null,
            Topics = [new() { TopicId = topic, Partitions = [new() { PartitionIndex = 0, CommittedOffset = 5, CommittedMetadata = null }] }],
        };
        return (await client.CallAsync<OffsetCommitResponse>(request, 10)).Topics.Single().Partitions.Single().ErrorCode;
    }

    private static async Task<ErrorCode> DeleteAsync(NodeClient client) =>
        (await client.CallAsync<DeleteGroupsResponse>(new DeleteGroupsRequest { GroupsNames = [Group] }, 3)).Results.Single().ErrorCode;

    private static ConsumerGroupHeartbeatRequest Join(string member) => new()
    {
        GroupId = Group,
        MemberId = member,
        InstanceId = null,
        RackId = null,
        RebalanceTimeoutMs = 10_000,
        SubscribedTopicNames = ["t"],
        SubscribedTopicRegex = null,
        ServerAssignor = null,
        TopicPartitions = [],
    };

    private static ConsumerGroupHeartbeatRequest Beat(string member, int epoch) => new()
    {
        GroupId = Group,
        MemberId = member,
        MemberEpoch = epoch,
        InstanceId = null,
        RackId = null,
        SubscribedTopicNames = null,
        SubscribedTopicRegex = null,
        ServerAssignor = null,
        TopicPartitions = null,
    };
}
