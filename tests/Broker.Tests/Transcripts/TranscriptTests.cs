using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Broker.Tests;

/// <summary>Whole conversations with a node, kept as text beside this file: what changes in an answer is seen in the change.</summary>
public sealed class TranscriptTests
{
    private const string Group = "group";
    private const string Id = "id";

    [Fact]
    public async Task A_member_joins_commits_and_leaves()
    {
        await using var node = await StartAsync();
        using var client = await node.ConnectAsync("a");
        await WhenGroupsAreCoordinatedAsync(client);
        var transcript = new Transcript("A member of a classic group joins, commits, and leaves.");
        await transcript.CallAsync<FindCoordinatorResponse>("a", client, new FindCoordinatorRequest { CoordinatorKeys = [Group] }, 6);
        var member = (await transcript.CallAsync<JoinGroupResponse>("a", client, Join(""), 9)).MemberId;
        await transcript.CallAsync<JoinGroupResponse>("a", client, Join(member), 9);
        await transcript.CallAsync<SyncGroupResponse>("a", client, Sync(member, 1, (member, 1)), 5);
        await transcript.CallAsync<HeartbeatResponse>("a", client, Heartbeat(member, 1), 4);
        await transcript.CallAsync<OffsetCommitResponse>("a", client, Commit(member, 1, 42), 9);
        transcript.Say("A commit of another generation is refused.");
        await transcript.CallAsync<OffsetCommitResponse>("a", client, Commit(member, 2, 43), 9);
        await transcript.CallAsync<OffsetFetchResponse>("a", client, Offsets(), 9);
        await transcript.CallAsync<DescribeGroupsResponse>("a", client, new DescribeGroupsRequest { Groups = [Group] }, 6);
        await transcript.CallAsync<LeaveGroupResponse>("a", client, new LeaveGroupRequest { GroupId = Group, Members = [new() { MemberId = member, Reason = "done" }] }, 5);
        await transcript.CallAsync<HeartbeatResponse>("a", client, Heartbeat(member, 1), 4);
        await transcript.ShouldBeAsync("join.txt");
    }

    [Fact]
    public async Task A_second_member_makes_a_rebalance()
    {
        await using var node = await StartAsync();
        using var a = await node.ConnectAsync("a");
        using var b = await node.ConnectAsync("b");
        await WhenGroupsAreCoordinatedAsync(a);
        var transcript = new Transcript("A second member joins a classic group, and the first one leaves it.");
        var first = (await transcript.CallAsync<JoinGroupResponse>("a", a, Join(""), 9)).MemberId;
        await transcript.CallAsync<JoinGroupResponse>("a", a, Join(first), 9);
        await transcript.CallAsync<SyncGroupResponse>("a", a, Sync(first, 1, (first, 1)), 5);
        var second = (await transcript.CallAsync<JoinGroupResponse>("b", b, Join(""), 9)).MemberId;
        transcript.Say("The join of the second waits until the first has heard of it and joins again.");
        await transcript.SendAsync("b", b, Join(second), 9);
        await WhenAsync(a, first, 1, ErrorCode.RebalanceInProgress);
        await transcript.CallAsync<HeartbeatResponse>("a", a, Heartbeat(first, 1), 4);
        await transcript.CallAsync<JoinGroupResponse>("a", a, Join(first), 9);
        await transcript.ReceiveAsync<JoinGroupResponse>("b", b, ApiKey.JoinGroup, 9);
        transcript.Say("The second waits for what the leader assigns.");
        await transcript.SendAsync("b", b, Sync(second, 2), 5);
        await transcript.CallAsync<SyncGroupResponse>("a", a, Sync(first, 2, (first, 1), (second, 2)), 5);
        await transcript.ReceiveAsync<SyncGroupResponse>("b", b, ApiKey.SyncGroup, 5);
        await transcript.CallAsync<HeartbeatResponse>("b", b, Heartbeat(second, 2), 4);
        await transcript.CallAsync<HeartbeatResponse>("a", a, Heartbeat(first, 1), 4);
        await transcript.CallAsync<LeaveGroupResponse>("a", a, new LeaveGroupRequest { GroupId = Group, Members = [new() { MemberId = first, Reason = "done" }] }, 5);
        await transcript.CallAsync<HeartbeatResponse>("b", b, Heartbeat(second, 2), 4);
        await transcript.CallAsync<JoinGroupResponse>("b", b, Join(second), 9);
        await transcript.CallAsync<SyncGroupResponse>("b", b, Sync(second, 3, (second, 3)), 5);
        await transcript.ShouldBeAsync("rebalance.txt");
    }

    [Fact]
    public async Task A_second_member_makes_a_rebalance_of_the_new_protocol()
    {
        await using var node = await StartAsync();
        using var client = await node.ConnectAsync("a");
        await WhenGroupsAreCoordinatedAsync(client);
        var transcript = new Transcript("A second member joins a group of the new protocol (KIP-848): it gets its partitions when the first has given them up.");
        var first = await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("a", client, Member("member-a", 0), 1);
        var topic = first.Assignment!.TopicPartitions.Single().TopicId;
        var second = await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("b", client, Member("member-b", 0), 1);
        transcript.Say("The first is told to give a partition up, and the second waits for it.");
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("a", client, Owns("member-a", first.MemberEpoch, topic, 0, 1), 1);
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("b", client, Owns("member-b", second.MemberEpoch, topic), 1);
        first = await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("a", client, Owns("member-a", first.MemberEpoch, topic, 0), 1);
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("b", client, Owns("member-b", second.MemberEpoch, topic), 1);
        transcript.Say("The first leaves; who is not a member any more, and an epoch that the group does not know, are refused.");
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("a", client, new ConsumerGroupHeartbeatRequest { GroupId = Group, MemberId = "member-a", MemberEpoch = -1 }, 1);
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("b", client, Owns("member-b", second.MemberEpoch, topic, 1), 1);
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("a", client, Owns("member-a", first.MemberEpoch, topic, 0), 1);
        await transcript.CallAsync<ConsumerGroupHeartbeatResponse>("b", client, Owns("member-b", 99, topic, 0, 1), 1);
        await transcript.ShouldBeAsync("rebalance-consumer.txt");
    }

    [Fact]
    public async Task A_transaction_commits_and_another_aborts()
    {
        await using var node = await StartAsync();
        using var client = await node.ConnectAsync("a");
        await WhenGroupsAreCoordinatedAsync(client);
        await WhenTransactionsAreCoordinatedAsync(client);
        var transcript = new Transcript("A transaction with offsets commits, another aborts, and its producer is fenced by the next of its id.");
        var producer = await transcript.CallAsync<InitProducerIdResponse>("a", client, new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 60_000 }, 5);
        await transcript.CallAsync<ProduceResponse>("a", client, Produce(producer, 0), 12);
        await transcript.CallAsync<TxnOffsetCommitResponse>("a", client, OffsetsOf(producer), 5);
        await transcript.CallAsync<DescribeTransactionsResponse>("a", client, new DescribeTransactionsRequest { TransactionalIds = [Id] }, 0);
        producer = Ended(producer, await transcript.CallAsync<EndTxnResponse>("a", client, End(producer, true), 5));
        await WhenAsync(client, "CompleteCommit");
        await transcript.CallAsync<ListOffsetsResponse>("a", client, Latest(), 10);
        transcript.Say("The epoch of a transaction that has ended is refused, the next one is taken.");
        await transcript.CallAsync<ProduceResponse>("a", client, Produce(new() { ProducerId = producer.ProducerId, ProducerEpoch = 0 }, 1), 12);
        await transcript.CallAsync<ProduceResponse>("a", client, Produce(producer, 0), 12);
        await transcript.CallAsync<ListOffsetsResponse>("a", client, Latest(), 10);
        var ended = Ended(producer, await transcript.CallAsync<EndTxnResponse>("a", client, End(producer, false), 5));
        await WhenAsync(client, "CompleteAbort");
        await transcript.CallAsync<ListOffsetsResponse>("a", client, Latest(), 10);
        transcript.Say("Another producer takes the id.");
        await transcript.CallAsync<InitProducerIdResponse>("b", client, new InitProducerIdRequest { TransactionalId = Id, TransactionTimeoutMs = 60_000 }, 5);
        await transcript.CallAsync<EndTxnResponse>("a", client, End(ended, true), 5);
        await transcript.ShouldBeAsync("transaction.txt");
    }

    private static async Task<NodeFixture> StartAsync()
    {
        var node = await NodeFixture.StartAsync(
            ("offsets.topic.replication.factor", "1"),
            ("offsets.topic.num.partitions", "1"),
            ("transaction.state.log.replication.factor", "1"),
            ("transaction.state.log.min.isr", "1"),
            ("transaction.state.log.num.partitions", "1"),
            ("group.initial.rebalance.delay.ms", "0"),
            ("group.consumer.assignment.interval.ms", "0"));
        await node.CreateTopicAsync("t", partitions: 2);
        return node;
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

    private static SyncGroupRequest Sync(string memberId, int generation, params (string Member, byte Part)[] assignments) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        GenerationId = generation,
        ProtocolType = "consumer",
        ProtocolName = "range",
        Assignments = [.. assignments.Select(assignment => new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = assignment.Member, Assignment = new[] { assignment.Part } })],
    };

    private static HeartbeatRequest Heartbeat(string memberId, int generation) => new() { GroupId = Group, MemberId = memberId, GenerationId = generation };

    private static OffsetCommitRequest Commit(string memberId, int generation, long offset) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        GenerationIdOrMemberEpoch = generation,
        Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = offset, CommittedMetadata = "" }] }],
    };

    private static OffsetFetchRequest Offsets() => new()
    {
        Groups = [new() { GroupId = Group, MemberId = null, Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }] }],
        RequireStable = true,
    };

    private static ConsumerGroupHeartbeatRequest Member(string memberId, int epoch) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        MemberEpoch = epoch,
        RebalanceTimeoutMs = 30_000,
        SubscribedTopicNames = ["t"],
        TopicPartitions = [],
    };

    private static ConsumerGroupHeartbeatRequest Owns(string memberId, int epoch, Core.Uuid topic, params int[] partitions) => new()
    {
        GroupId = Group,
        MemberId = memberId,
        MemberEpoch = epoch,
        TopicPartitions = partitions.Length == 0 ? [] : [new() { TopicId = topic, Partitions = [.. partitions] }],
    };

    private static ProduceRequest Produce(InitProducerIdResponse producer, int sequence)
    {
        var request = NodeFixture.Produce("t", TransactionTests.Batch(producer, sequence, "value"));
        request.TransactionalId = Id;
        return request;
    }

    private static TxnOffsetCommitRequest OffsetsOf(InitProducerIdResponse producer) => new()
    {
        TransactionalId = Id,
        GroupId = Group,
        ProducerId = producer.ProducerId,
        ProducerEpoch = producer.ProducerEpoch,
        Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 7, CommittedMetadata = "" }] }],
    };

    private static EndTxnRequest End(InitProducerIdResponse producer, bool commit) =>
        new() { TransactionalId = Id, ProducerId = producer.ProducerId, ProducerEpoch = producer.ProducerEpoch, Committed = commit };

    private static InitProducerIdResponse Ended(InitProducerIdResponse producer, EndTxnResponse ended) => new() { ProducerId = producer.ProducerId, ProducerEpoch = ended.ProducerEpoch };

    /// <summary>The end of the partition for readers of committed records.</summary>
    private static ListOffsetsRequest Latest() => new()
    {
        ReplicaId = -1,
        IsolationLevel = 1,
        Topics = [new() { Name = "t", Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }],
    };

    private static async Task WhenAsync(NodeClient client, string memberId, int generation, ErrorCode error)
    {
        while ((await client.CallAsync<HeartbeatResponse>(Heartbeat(memberId, generation), 4)).ErrorCode != error)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task WhenAsync(NodeClient client, string state)
    {
        var request = new DescribeTransactionsRequest { TransactionalIds = [Id] };
        while ((await client.CallAsync<DescribeTransactionsResponse>(request, 0)).TransactionStates.Single().TransactionState != state)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task WhenGroupsAreCoordinatedAsync(NodeClient client)
    {
        await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { CoordinatorKeys = [Group] }, 4);
        while ((await client.CallAsync<OffsetFetchResponse>(Offsets(), 9)).Groups.Single().ErrorCode != ErrorCode.None)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task WhenTransactionsAreCoordinatedAsync(NodeClient client)
    {
        await client.CallAsync<FindCoordinatorResponse>(new FindCoordinatorRequest { KeyType = 1, CoordinatorKeys = [Id] }, 6);
        var request = new DescribeTransactionsRequest { TransactionalIds = [Id] };
        while ((await client.CallAsync<DescribeTransactionsResponse>(request, 0)).TransactionStates.Single().ErrorCode is ErrorCode.NotCoordinator or ErrorCode.CoordinatorLoadInProgress)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
