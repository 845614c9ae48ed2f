using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using static Moldau.Coordination.Tests.ConsumerGroupHarness;

namespace Moldau.Coordination.Tests;

/// <summary>Groups that go from the classic to the consumer protocol and back while they have members (KIP-848).</summary>
public sealed class MigrationTests : IDisposable
{
    private static readonly GroupRequest Sender = new("classic", "/127.0.0.1", 9);

    private readonly ConsumerGroupHarness _groups = new();
    private readonly Uuid _topic;

    public MigrationTests() => _topic = _groups.CreateTopic("t", 2);

    private GroupShard Shard => _groups.Runtime.Shard;

    public void Dispose() => _groups.Dispose();

    [Fact]
    public void A_new_member_makes_a_classic_group_a_consumer_group_and_the_old_one_gives_up_by_joining_again()
    {
        var old = BeginClassicGroup();
        _groups.Join("new", "t").MemberEpoch.ShouldBe(2);
        _groups.State!.Member(old)!.UsesClassicProtocol.ShouldBeTrue();
        _groups.State.Member(old)!.AssignedPartitions.Partitions.ShouldBe(Partitions(_topic, 0, 1));

        // Its heartbeat makes it join again: it learns what to give up, says that it has, and only then has the new one its partition.
        Heartbeat(old, 1).ShouldBe(ErrorCode.RebalanceInProgress);
        Join(old, owned: [0, 1]).GenerationId.ShouldBe(1);
        var kept = Sync(old, 1).Single();
        AssignmentOf(_groups.Send(Beat("new", 2))).ShouldBeNull();
        Heartbeat(old, 1).ShouldBe(ErrorCode.RebalanceInProgress);
        Join(old, owned: [kept]).GenerationId.ShouldBe(2);
        Sync(old, 2).ShouldBe([kept]);
        Heartbeat(old, 2).ShouldBe(ErrorCode.None);
        AssignmentOf(_groups.Send(Beat("new", 2))).ShouldBe(Partitions(_topic, 1 - kept));
        Refusal(() => _groups.State!.ValidateOffsetCommit(old, null, 3, false, 9)).ShouldBe(ErrorCode.IllegalGeneration);
        _groups.State!.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Stable);
    }

    [Fact]
    public void When_the_last_new_member_leaves_the_group_is_classic_again_and_after_a_reload_too()
    {
        var old = BeginClassicGroup();
        _groups.Join("new", "t");
        _groups.Send(Beat("new", -1)).MemberEpoch.ShouldBe(-1);
        var classic = _groups.Runtime.Shard.Groups.Find(ConsumerGroupHarness.Group).ShouldBeOfType<ClassicGroup>();
        classic.Members.Single().MemberId.ShouldBe(old);
        Heartbeat(old, classic.Generation).ShouldBe(ErrorCode.RebalanceInProgress);
        _groups.Runtime.Restart();
        var loaded = Shard.Groups.Find(ConsumerGroupHarness.Group).ShouldBeOfType<ClassicGroup>();
        loaded.Generation.ShouldBe(2);
        loaded.Members.Single().MemberId.ShouldBe(old);
        Heartbeat(old, 2).ShouldBe(ErrorCode.None, "the log has it stable");
    }

    [Fact]
    public void A_downgrade_that_cannot_be_written_leaves_the_consumer_group()
    {
        BeginClassicGroup();
        _groups.Join("new", "t");
        _groups.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
        _groups.Begin(Beat("new", -1)).IsFaulted.ShouldBeTrue();
        _groups.Runtime.Log.AppendError = ErrorCode.None;
        _groups.State.ShouldNotBeNull().MemberCount.ShouldBe(2);
        _groups.Send(Beat("new", 2)).MemberEpoch.ShouldBe(2);
    }

    [Fact]
    public void An_upgrade_that_cannot_be_written_leaves_the_classic_group()
    {
        var old = BeginClassicGroup();
        _groups.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
        _groups.Begin(JoinRequest("new", "t")).IsFaulted.ShouldBeTrue();
        _groups.Runtime.Log.AppendError = ErrorCode.None;
        _groups.State.ShouldBeNull();
        Heartbeat(old, 1).ShouldBe(ErrorCode.None);
    }

    [Theory]
    [InlineData(GroupMigrationPolicy.Disabled)]
    [InlineData(GroupMigrationPolicy.Downgrade)]
    public void Without_the_policy_a_classic_group_with_members_stays_classic(GroupMigrationPolicy policy)
    {
        BeginClassicGroup();
        _groups.Options = _groups.Options with { MigrationPolicy = policy };
        _groups.Refused(JoinRequest("new", "t")).ShouldBe(ErrorCode.GroupIdNotFound);
    }

    [Fact]
    public void Without_the_policy_a_group_of_classic_members_alone_stays_a_consumer_group()
    {
        _groups.Options = _groups.Options with { MigrationPolicy = GroupMigrationPolicy.Upgrade };
        var old = BeginClassicGroup();
        _groups.Join("new", "t");
        _groups.Send(Beat("new", -1));
        _groups.State.ShouldNotBeNull().Members.Single().MemberId.ShouldBe(old);
    }

    [Fact]
    public void Groups_without_members_change_their_kind_whatever_the_policy()
    {
        _groups.Options = _groups.Options with { MigrationPolicy = GroupMigrationPolicy.Disabled };
        Leave(BeginClassicGroup());
        _groups.Join("new", "t").MemberEpoch.ShouldBe(2);
        _groups.Send(Beat("new", -1));
        _groups.State.ShouldNotBeNull();
        BeginClassicGroup().ShouldNotBeEmpty();
        _groups.Runtime.Restart();
        Shard.Groups.Find(ConsumerGroupHarness.Group).ShouldBeOfType<ClassicGroup>().MemberCount.ShouldBe(1);
    }

    [Fact]
    public void A_classic_member_that_does_not_join_again_in_time_is_removed()
    {
        var old = BeginClassicGroup();
        _groups.Join("new", "t");
        for (var second = 0; second < 40 && _groups.State!.HasMember(old); second += 2)
        {
            Heartbeat(old, 1).ShouldBe(ErrorCode.RebalanceInProgress);
            _groups.Send(Beat("new", 2));
            _groups.Runtime.Advance(2_000, 500);
        }

        _groups.State!.HasMember(old).ShouldBeFalse();
    }

    /// <summary>A classic group of one member that has everything; returns its id.</summary>
    private string BeginClassicGroup()
    {
        var id = RuntimeHarness<GroupShard>.Result(BeginJoin("", [])).MemberId;
        var joining = BeginJoin(id, []);
        _groups.Runtime.Advance(4_000, 500);
        var joined = RuntimeHarness<GroupShard>.Result(joining);
        joined.ErrorCode.ShouldBe(ErrorCode.None);
        var assignment = ConsumerProtocol.WriteAssignment([new("t", 0), new("t", 1)], null, 3);
        Sync(id, joined.GenerationId, assignment).Count.ShouldBe(2);
        return id;
    }

    private Task<JoinGroupResponse> BeginJoin(string memberId, int[] owned)
    {
        var waiter = new TaskCompletionSource<JoinGroupResponse>();
        var request = new JoinGroupRequest
        {
            GroupId = ConsumerGroupHarness.Group,
            MemberId = memberId,
            GroupInstanceId = null,
            SessionTimeoutMs = 30_000,
            RebalanceTimeoutMs = 15_000,
            ProtocolType = "consumer",
            Protocols =
            [
                new()
                {
                    Name = "range",
                    Metadata = ConsumerProtocol.WriteSubscription(["t"], null, owned.Select(partition => new TopicPartition("t", partition)), null, null, 3),
                },
            ],
        };
        _groups.Runtime.BeginWrite(shard => shard.Join(Sender, request, waiter));
        return waiter.Task;
    }

    private JoinGroupResponse Join(string memberId, int[] owned) => RuntimeHarness<GroupShard>.Result(BeginJoin(memberId, owned));

    private List<int> Sync(string memberId, int generation, byte[]? assignment = null)
    {
        var waiter = new TaskCompletionSource<SyncGroupResponse>();
        var request = new SyncGroupRequest
        {
            GroupId = ConsumerGroupHarness.Group,
            MemberId = memberId,
            GenerationId = generation,
            GroupInstanceId = null,
            ProtocolType = "consumer",
            ProtocolName = "range",
            Assignments = assignment is null ? [] : [new() { MemberId = memberId, Assignment = assignment }],
        };
        _groups.Runtime.BeginWrite(shard => shard.Sync(Sender, request, waiter));
        var response = RuntimeHarness<GroupShard>.Result(waiter.Task);
        response.ErrorCode.ShouldBe(ErrorCode.None);
        return [.. ConsumerProtocol.ReadAssignment(response.Assignment).AssignedPartitions.SelectMany(topic => topic.Partitions).Select(partition => partition.Value)];
    }

    private ErrorCode Heartbeat(string memberId, int generation) => _groups.Runtime.Write(shard => shard.Heartbeat(
        Sender, new HeartbeatRequest { GroupId = ConsumerGroupHarness.Group, MemberId = memberId, GenerationId = generation, GroupInstanceId = null })).ErrorCode;

    private void Leave(string memberId) => _groups.Runtime.Write(shard => shard.Leave(
        Sender, new LeaveGroupRequest { GroupId = ConsumerGroupHarness.Group, Members = [new() { MemberId = memberId, GroupInstanceId = null, Reason = null }] }));

    private static ErrorCode Refusal(Action action) => Should.Throw<CoordinatorException>(action).Error;
}
