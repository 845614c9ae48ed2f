using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

/// <summary>Classic groups and offsets of a whole node, as a client sees them.</summary>
public sealed class GroupTests
{
    private const string Group = "group";

    private static readonly (string, string)[] Small =
    [
        ("offsets.topic.replication.factor", "1"),
        ("offsets.topic.num.partitions", "3"),
        ("group.initial.rebalance.delay.ms", "0"),
    ];

    [Fact]
    public async Task A_share_partition_has_no_coordinator_and_its_key_is_looked_at()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        using var client = await node.ConnectAsync("c");
        (await FindShareAsync(client, $"a:b:{Uuid.Zero}:0", 6)).ShouldBe(ErrorCode.CoordinatorNotAvailable);
        foreach (var wrong in new[] { "", "group", "group:0", $":{Uuid.Zero}:0", "group:topic:0", $"group:{Uuid.Zero}:first" })
        {
            (await FindShareAsync(client, wrong, 6)).ShouldBe(ErrorCode.InvalidRequest, wrong);
        }

        (await FindShareAsync(client, $"group:{Uuid.Zero}:0", 5)).ShouldBe(ErrorCode.InvalidRequest, "versions before 6 do not know share partitions");
    }

    [Fact]
    public async Task A_member_joins_syncs_commits_and_finds_it_all_after_a_restart()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        await node.CreateTopicAsync("t");
        string member;
        using (var client = await node.ConnectAsync("c"))
        {
            await CoordinatorAsync(client);
            member = (await client.CallAsync<JoinGroupResponse>(Join(""), 9)).MemberId;
            var joined = await client.CallAsync<JoinGroupResponse>(Join(member), 9);
            joined.ErrorCode.ShouldBe(ErrorCode.None);
            joined.Leader.ShouldBe(member);
            var synced = await client.CallAsync<SyncGroupResponse>(Sync(member), 5);
            synced.ErrorCode.ShouldBe(ErrorCode.None);
            synced.Assignment.ToArray().ShouldBe([1, 2, 3]);
            (await CommitAsync(client, member, 1, 42)).ShouldBe(ErrorCode.None);
        }

        await node.StopAsync();
        await node.StartAsync();
        using var again = await node.ConnectAsync("c");
        await CoordinatorAsync(again);
        (await FetchAsync(again)).ShouldBe(42);
        (await again.CallAsync<HeartbeatResponse>(new HeartbeatRequest { GroupId = Group, MemberId = member, GenerationId = 1 }, 4)).ErrorCode.ShouldBe(ErrorCode.None);
        var described = await again.CallAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = [Group] }, 6);
        described.Groups.Single().GroupState.ShouldBe("Stable");
        described.Groups.Single().Members.Single().ClientHost.ShouldStartWith("/");
        (await again.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), 5)).Groups.Single().GroupType.ShouldBe("classic");
        (await again.CallAsync<LeaveGroupResponse>(new LeaveGroupRequest { GroupId = Group, MemberId = member }, 2)).ErrorCode.ShouldBe(ErrorCode.None);
        (await again.CallAsync<DeleteGroupsResponse>(new DeleteGroupsRequest { GroupsNames = [Group] }, 3)).Results.Single().ErrorCode.ShouldBe(ErrorCode.None);
        (await FetchAsync(again)).ShouldBe(-1);
    }

    [Fact]
    public async Task Commits_by_id_know_their_topic_and_go_with_it()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        await node.CreateTopicAsync("t");
        using var client = await node.ConnectAsync();
        await CoordinatorAsync(client);
        var id = (await client.CallAsync<MetadataResponse>(new MetadataRequest { Topics = [new() { Name = "t" }] }, 12)).Topics.Single().TopicId;
        var commit = Commit("", -1, 7);
        commit.Topics[0].TopicId = id;
        (await client.CallAsync<OffsetCommitResponse>(commit, 10)).Topics.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.None);
        commit.Topics[0].TopicId = new Uuid(5, 5);
        (await client.CallAsync<OffsetCommitResponse>(commit, 10)).Topics.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.UnknownTopicId);
        (await FetchAsync(client)).ShouldBe(7);
        var unknown = Commit("", -1, 7);
        unknown.Topics[0].Partitions[0].PartitionIndex = 9;
        (await client.CallAsync<OffsetCommitResponse>(unknown, 9)).Topics.Single().Partitions.Single().ErrorCode.ShouldBe(ErrorCode.UnknownTopicOrPartition);
        await client.CallAsync<DeleteTopicsResponse>(new DeleteTopicsRequest { Topics = [new() { Name = "t" }], TimeoutMs = 10_000 }, 6);

        // What is left is gone once a stable read has come through the shard after the deletion.
        while (await FetchAsync(client) != -1)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public async Task A_broker_that_coordinates_nothing_says_so()
    {
        await using var node = await NodeFixture.StartAsync(Small);
        using var client = await node.ConnectAsync();
        (await client.CallAsync<JoinGroupResponse>(Join(""), 9)).ErrorCode.ShouldBe(ErrorCode.NotCoordinator);
        (await client.CallAsync<HeartbeatResponse>(new HeartbeatRequest { GroupId = Group }, 4)).ErrorCode.ShouldBe(ErrorCode.NotCoordinator);
        (await client.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), 5)).Groups.ShouldBeEmpty();
    }

    private static async Task<ErrorCode> FindShareAsync(NodeClient client, string key, short version)
    {
        var found = await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 2, CoordinatorKeys = [key] }, version);
        return found.Coordinators.ShouldHaveSingleItem().ErrorCode;
    }

    private static JoinGroupRequest Join(string memberId) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        SessionTimeoutMs = 30_000,
        RebalanceTimeoutMs = 30_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } }],
    };

    private static SyncGroupRequest Sync(string memberId) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        GenerationId = 1,
        ProtocolType = "consumer",
        ProtocolName = "range",
        Assignments = [new() { MemberId = memberId, Assignment = new byte[] { 1, 2, 3 } }],
    };

    private static OffsetCommitRequest Commit(string memberId, int generation, long offset) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        GenerationIdOrMemberEpoch = generation,
        Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = offset, CommittedMetadata = "" }] }],
    };

    private static async Task<ErrorCode> CommitAsync(NodeClient client, string memberId, int generation, long offset) =>
        (await client.CallAsync<OffsetCommitResponse>(Commit(memberId, generation, offset), 9)).Topics.Single().Partitions.Single().ErrorCode;

    private static async Task<long> FetchAsync(NodeClient client)
    {
        var request = new OffsetFetchRequest
        {
            Groups = [new() { GroupId = Group, MemberId = null, Topics = [new() { Name = "t", PartitionIndexes = [0] }] }],
            RequireStable = true,
        };
        var group = (await client.CallAsync<OffsetFetchResponse>(request, 9)).Groups.Single();
        group.ErrorCode.ShouldBe(ErrorCode.None);
        return group.Topics.Single().Partitions.Single().CommittedOffset.Value;
    }

    /// <summary>Looks the coordinator up, which makes the topic, until it has loaded its log.</summary>
    private static async Task CoordinatorAsync(NodeClient client)
    {
        var found = await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { CoordinatorKeys = [Group] }, 4);
        found.Coordinators.Single().ErrorCode.ShouldBe(ErrorCode.None);
        while ((await client.CallAsync<OffsetFetchResponse>(new OffsetFetchRequest { Groups = [new() { GroupId = Group, MemberId = null, Topics = [] }] }, 9)).Groups.Single().ErrorCode != ErrorCode.None)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
