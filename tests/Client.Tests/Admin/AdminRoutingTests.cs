using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

public class AdminRoutingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_leader_is_asked_for_its_partitions()
    {
        var network = new MemoryNetwork();
        using var first = new ScriptedBroker(network, (request, _) => request is ListOffsetsRequest list ? Offsets(list, 100) : AdminCluster.Metadata(request, 2));
        using var second = new ScriptedBroker(network, (request, _) => request is ListOffsetsRequest list ? Offsets(list, 200) : AdminCluster.Metadata(request, 2), 9093);
        await using var admin = new AdminClient(AdminCluster.On(network));
        var wanted = new Dictionary<TopicPartition, OffsetSpec> { [new TopicPartition("t", 0)] = OffsetSpec.Latest, [new TopicPartition("t", 1)] = OffsetSpec.Earliest };

        var offsets = await admin.ListOffsetsAsync(wanted, IsolationLevel.ReadUncommitted, Cancellation);

        offsets[new TopicPartition("t", 0)].Value.Offset.ShouldBe(100);
        offsets[new TopicPartition("t", 1)].Value.Offset.ShouldBe(201);
    }

    [Fact]
    public async Task What_an_old_leader_cannot_look_up_fails_and_the_rest_does_not()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => request is ListOffsetsRequest list ? Offsets(list, 100) : AdminCluster.Metadata(request))
        {
            HighestVersions = { [ApiKey.ListOffsets] = 6 },
        };
        await using var admin = new AdminClient(AdminCluster.On(network));
        var wanted = new Dictionary<TopicPartition, OffsetSpec> { [new TopicPartition("t", 0)] = OffsetSpec.MaxTimestamp, [new TopicPartition("t", 1)] = OffsetSpec.Latest };

        var offsets = await admin.ListOffsetsAsync(wanted, IsolationLevel.ReadUncommitted, Cancellation);

        offsets[new TopicPartition("t", 0)].Error!.Code.ShouldBe(ErrorCode.UnsupportedVersion);
        offsets[new TopicPartition("t", 1)].Value.Offset.ShouldBe(101);
    }

    [Fact]
    public async Task A_coordinator_that_moved_is_found_again()
    {
        var network = new MemoryNetwork();
        int coordinator = 1;
        IResponse? Answer(IRequest request, int node) => request switch
        {
            FindCoordinatorRequest find => new FindCoordinatorResponse
            {
                Coordinators = [.. find.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = coordinator, Host = "broker", Port = 9091 + coordinator })],
            },
            DeleteGroupsRequest delete => new DeleteGroupsResponse
            {
                Results =
                [
                    .. delete.GroupsNames.Select(group => new DeleteGroupsResponse.DeletableGroupResult
                    {
                        GroupId = group,
                        ErrorCode = node == 2 ? ErrorCode.None : ErrorCode.NotCoordinator,
                    }),
                ],
            },
            _ => AdminCluster.Metadata(request, 2),
        };
        using var first = new ScriptedBroker(network, (request, _) =>
        {
            coordinator = request is DeleteGroupsRequest ? 2 : coordinator;
            return Answer(request, 1);
        });
        using var second = new ScriptedBroker(network, (request, _) => Answer(request, 2), 9093);
        await using var admin = new AdminClient(AdminCluster.On(network));

        var deleted = await admin.DeleteGroupsAsync(["g", "h"], Cancellation);

        deleted.Keys.ShouldBe(["g", "h"]);
        deleted.ThrowIfAnyFailed();
    }

    [Fact]
    public async Task A_group_that_is_not_of_the_consumer_protocol_is_described_as_a_classic_one()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => request switch
        {
            FindCoordinatorRequest find => Found(find),
            ConsumerGroupDescribeRequest describe => new ConsumerGroupDescribeResponse
            {
                Groups = [.. describe.GroupIds.Select(group => new ConsumerGroupDescribeResponse.DescribedGroup { GroupId = group, ErrorCode = ErrorCode.GroupIdNotFound })],
            },
            DescribeGroupsRequest describe => new DescribeGroupsResponse
            {
                Groups = [.. describe.Groups.Select(group => new DescribeGroupsResponse.DescribedGroup { GroupId = group, GroupState = "Empty", ProtocolType = group == "connect" ? "connect" : "consumer" })],
            },
            _ => AdminCluster.Metadata(request),
        });
        await using var admin = new AdminClient(AdminCluster.On(network));

        var groups = await admin.DescribeConsumerGroupsAsync(["g", "connect"], null, Cancellation);

        groups["g"].Value.Type.ShouldBe(GroupType.Classic);
        groups["g"].Value.State.ShouldBe(GroupState.Empty);
        groups["connect"].Error!.Code.ShouldBe(ErrorCode.InconsistentGroupProtocol);
    }

    [Fact]
    public async Task An_old_coordinator_is_asked_for_the_offsets_of_one_group_at_a_time()
    {
        var network = new MemoryNetwork();
        var asked = new List<string>();
        using var broker = new ScriptedBroker(network, (request, version) => request switch
        {
            FindCoordinatorRequest find => Found(find),
            OffsetFetchRequest fetch => Fetched(fetch, version, asked),
            _ => AdminCluster.Metadata(request),
        })
        {
            HighestVersions = { [ApiKey.OffsetFetch] = 7 },
        };
        await using var admin = new AdminClient(AdminCluster.On(network));
        var wanted = new Dictionary<string, IReadOnlyCollection<TopicPartition>?> { ["g"] = null, ["h"] = [new TopicPartition("t", 4)] };

        var groups = await admin.ListConsumerGroupOffsetsAsync(wanted, false, Cancellation);

        asked.Order().ShouldBe(["g", "h"]);
        groups["h"].Value[new TopicPartition("t", 4)].Value!.Offset.ShouldBe(9);
    }

    [Fact]
    public void Operations_that_one_may_do_are_bits()
    {
        AuthorizedOperations.Of(int.MinValue).ShouldBeNull();
        AuthorizedOperations.Of((1 << 3) | (1 << 8))!.ShouldBe([AclOperation.Read, AclOperation.Describe]);
    }

    [Fact]
    public void Entities_of_quotas_are_equal_when_their_parts_are()
    {
        var one = new ClientQuotaEntity([new("user", "bob"), new("client-id", null)]);

        one.ShouldBe(new ClientQuotaEntity([new("client-id", null), new("user", "bob")]));
        one.ShouldNotBe(ClientQuotaEntity.User("bob"));
    }

    private static FindCoordinatorResponse Found(FindCoordinatorRequest find) => new()
    {
        Coordinators = [.. find.CoordinatorKeys.Select(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = 1, Host = "broker", Port = 9092 })],
    };

    private static OffsetFetchResponse Fetched(OffsetFetchRequest fetch, short version, List<string> asked)
    {
        version.ShouldBe((short)7);
        asked.Add(fetch.GroupId);
        return new OffsetFetchResponse
        {
            Topics =
            [
                .. (fetch.Topics ?? []).Select(topic => new OffsetFetchResponse.OffsetFetchResponseTopic
                {
                    Name = topic.Name,
                    Partitions = [.. topic.PartitionIndexes.Select(index => new OffsetFetchResponse.OffsetFetchResponsePartition { PartitionIndex = index, CommittedOffset = 9 })],
                }),
            ],
        };
    }

    private static ListOffsetsResponse Offsets(ListOffsetsRequest request, long from) => new()
    {
        Topics =
        [
            .. request.Topics.Select(topic => new ListOffsetsResponse.ListOffsetsTopicResponse
            {
                Name = topic.Name,
                Partitions =
                [
                    .. topic.Partitions.Select(partition => new ListOffsetsResponse.ListOffsetsPartitionResponse { PartitionIndex = partition.PartitionIndex, Offset = from + partition.PartitionIndex.Value }),
                ],
            }),
        ],
    };
}
