using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client.Tests;

/// <summary>A member of a classic group, asked and answered by hand.</summary>
public class ClassicMembershipTests
{
    private static readonly GroupMembershipSettings Settings = new("group") { HeartbeatIntervalMs = 100, PollIntervalMaxMs = 1000, RetryBackoffMs = 10 };

    [Fact]
    public void A_leader_joins_with_the_id_that_it_is_given_shares_out_and_keeps_its_place_by_heartbeats()
    {
        var member = Create(new RangeAssignor());

        Sends<JoinGroupRequest>(member, 0).MemberId.ShouldBe("");
        member.OnResponse(new JoinGroupResponse { ErrorCode = ErrorCode.MemberIdRequired, MemberId = "m" }, 0);
        var join = Sends<JoinGroupRequest>(member, 0);
        join.MemberId.ShouldBe("m");
        member.OnResponse(Joined(1, "m", ("m", join), ("n", join)), 0);
        member.Next(0).Topics.ShouldBe(["t"]);
        member.OnTopics(Topics(4));
        var sync = Sends<SyncGroupRequest>(member, 0);
        sync.GenerationId.ShouldBe(1);
        Read(sync, "m").ShouldBe(["t-0", "t-1"]);
        Read(sync, "n").ShouldBe(["t-2", "t-3"]);
        member.OnResponse(new SyncGroupResponse { Assignment = sync.Assignments.Single(entry => entry.MemberId == "m").Assignment }, 0);
        Rebalances(member, 0).Assigned.Count.ShouldBe(2);

        member.Next(50).ShouldBe(GroupStep.Wait(100));
        Sends<HeartbeatRequest>(member, 100).GenerationId.ShouldBe(1);
    }

    [Fact]
    public void An_eager_member_gives_everything_up_before_it_joins_again_and_its_heart_beats_meanwhile()
    {
        var member = Stable(new RangeAssignor(), "t-0", "t-1");
        Sends<HeartbeatRequest>(member, 100);
        member.OnResponse(new HeartbeatResponse { ErrorCode = ErrorCode.RebalanceInProgress }, 100);

        var step = member.Next(100);
        step.Rebalance!.Revoked.Count.ShouldBe(2);
        Sends<HeartbeatRequest>(member, 200);
        member.OnResponse(new HeartbeatResponse { ErrorCode = ErrorCode.RebalanceInProgress }, 200);
        member.OnRebalanced(step.Rebalance, 250);
        var join = Sends<JoinGroupRequest>(member, 250);
        Subscription(join).OwnedPartitions.ShouldBeEmpty();
    }

    [Fact]
    public void A_cooperative_member_keeps_what_it_has_gives_up_what_it_must_and_joins_once_more()
    {
        var member = Stable(new CooperativeStickyAssignor(), "t-0", "t-1");
        Sends<HeartbeatRequest>(member, 100);
        member.OnResponse(new HeartbeatResponse { ErrorCode = ErrorCode.RebalanceInProgress }, 100);

        var join = Sends<JoinGroupRequest>(member, 100);
        Subscription(join).OwnedPartitions.Count.ShouldBe(2);
        Subscription(join).GenerationId.ShouldBe(1);
        member.OnResponse(Joined(2, "other", ("m", join)), 100);
        Sends<SyncGroupRequest>(member, 100);
        member.OnResponse(new SyncGroupResponse { Assignment = ConsumerProtocolFormat.WriteAssignment([new("t", 0)]) }, 100);
        var change = member.Next(100).Rebalance!;
        change.Revoked.ShouldBe([new TopicPartition("t", 1)]);
        change.Assigned.ShouldBeEmpty();
        member.OnRebalanced(change, 110);
        Subscription(Sends<JoinGroupRequest>(member, 110)).OwnedPartitions.ShouldBe([new TopicPartition("t", 0)]);
    }

    [Fact]
    public void A_member_that_is_not_known_any_more_has_lost_all_and_begins_anew()
    {
        var member = Stable(new RangeAssignor(), "t-0");
        Sends<HeartbeatRequest>(member, 100);
        member.OnResponse(new HeartbeatResponse { ErrorCode = ErrorCode.UnknownMemberId }, 100);

        Rebalances(member, 100).Lost.Count.ShouldBe(1);
        Sends<JoinGroupRequest>(member, 100).MemberId.ShouldBe("");
    }

    [Fact]
    public void A_member_that_is_lost_while_it_is_told_of_partitions_loses_these_too()
    {
        var member = Create(new RangeAssignor());
        Sync(member, ["t-0"]);
        var change = member.Next(0).Rebalance!;
        Sends<HeartbeatRequest>(member, 100);
        member.OnResponse(new HeartbeatResponse { ErrorCode = ErrorCode.IllegalGeneration }, 100);
        member.OnRebalanced(change, 120);

        Rebalances(member, 120).Lost.ShouldBe([new TopicPartition("t", 0)]);
        Sends<JoinGroupRequest>(member, 120).MemberId.ShouldBe("m");
    }

    [Fact]
    public void A_static_member_that_is_fenced_ends_and_says_why()
    {
        var member = Stable(new RangeAssignor(), "t-0");
        Sends<HeartbeatRequest>(member, 100);
        member.OnResponse(new HeartbeatResponse { ErrorCode = ErrorCode.FencedInstanceId }, 100);

        Rebalances(member, 100).Lost.Count.ShouldBe(1);
        member.Next(100).Kind.ShouldBe(GroupStepKind.End);
        member.Failure!.Code.ShouldBe(ErrorCode.FencedInstanceId);
    }

    [Fact]
    public void Who_moves_stays_who_does_not_leaves_and_comes_back_when_it_moves_again()
    {
        var member = Stable(new RangeAssignor(), "t-0");
        member.OnProgress(900);
        Sends<HeartbeatRequest>(member, 1800);
        member.OnResponse(new HeartbeatResponse(), 1800);

        Rebalances(member, 1901).Lost.Count.ShouldBe(1);
        Sends<LeaveGroupRequest>(member, 1901);
        member.OnResponse(new LeaveGroupResponse(), 1901);
        member.Next(5000).Kind.ShouldBe(GroupStepKind.Wait);
        member.OnProgress(6000);
        Sends<JoinGroupRequest>(member, 6000);
    }

    [Fact]
    public void Whoever_leaves_gives_up_what_it_has_and_says_so()
    {
        var member = Stable(new RangeAssignor(), "t-0");
        member.Leave(sendsLeave: true, staysStatic: false);

        Rebalances(member, 10).Revoked.Count.ShouldBe(1);
        Sends<LeaveGroupRequest>(member, 10).Members.Single().MemberId.ShouldBe("m");
        member.OnResponse(new LeaveGroupResponse(), 10);
        member.Next(10).Kind.ShouldBe(GroupStepKind.End);
    }

    [Fact]
    public void A_leader_whose_topic_has_more_partitions_now_has_the_group_come_together()
    {
        var member = Create(new CooperativeStickyAssignor());
        var join = Sends<JoinGroupRequest>(member, 0);
        member.OnResponse(Joined(1, "m", ("m", join)), 0);
        member.Next(0);
        member.OnTopics(Topics(1));
        var sync = Sends<SyncGroupRequest>(member, 0);
        member.OnResponse(new SyncGroupResponse { Assignment = sync.Assignments.Single().Assignment }, 0);
        Rebalances(member, 0);

        member.OnTopics(Topics(1));
        member.Next(1).Kind.ShouldBe(GroupStepKind.Wait);
        member.OnTopics(Topics(2));
        Sends<JoinGroupRequest>(member, 1);
    }

    [Fact]
    public void What_is_not_answered_is_tried_again_later_and_later()
    {
        var member = Create(new RangeAssignor());
        for (long now = 0, wait = 10; wait < 100; now += wait, wait *= 2)
        {
            Sends<JoinGroupRequest>(member, now);
            member.OnFailure(ErrorCode.NetworkException, "lost", isRetriable: true, now);
            member.Next(now).ShouldBe(GroupStep.Wait(now + wait));
        }
    }

    private static ClassicMembership Create(ConsumerAssignor assignor)
    {
        var member = new ClassicMembership(Settings, [assignor]);
        member.Subscribe(["t"]);
        return member;
    }

    private static ClassicMembership Stable(ConsumerAssignor assignor, params string[] partitions)
    {
        var member = Create(assignor);
        Sync(member, partitions);
        Rebalances(member, 0);
        return member;
    }

    private static void Sync(ClassicMembership member, string[] partitions)
    {
        var join = Sends<JoinGroupRequest>(member, 0);
        member.OnResponse(Joined(1, "other", ("m", join)), 0);
        Sends<SyncGroupRequest>(member, 0);
        member.OnResponse(new SyncGroupResponse { Assignment = ConsumerProtocolFormat.WriteAssignment(partitions.Select(name => new TopicPartition(name[..^2], name[^1] - '0'))) }, 0);
    }

    private static TRequest Sends<TRequest>(GroupMembership member, long nowMs) => member.Next(nowMs).Request.ShouldBeOfType<TRequest>();

    private static GroupRebalance Rebalances(GroupMembership member, long nowMs)
    {
        var change = member.Next(nowMs).Rebalance.ShouldNotBeNull();
        member.OnRebalanced(change, nowMs);
        return change;
    }

    private static JoinGroupResponse Joined(int generation, string leader, params (string Id, JoinGroupRequest Join)[] members) => new()
    {
        GenerationId = generation,
        MemberId = "m",
        Leader = leader,
        ProtocolName = members[0].Join.Protocols[0].Name,
        Members = [.. members.Select(member => new JoinGroupResponse.JoinGroupResponseMember { MemberId = member.Id, GroupInstanceId = null, Metadata = member.Join.Protocols[0].Metadata })],
    };

    private static Dictionary<string, AssignableTopic> Topics(int partitions) => new() { ["t"] = AssignableTopic.WithoutRacks("t", partitions) };

    private static List<string> Read(SyncGroupRequest sync, string member) =>
        [.. ConsumerProtocolFormat.ReadAssignment(sync.Assignments.Single(entry => entry.MemberId == member).Assignment).Select(partition => partition.ToString())];

    private static MemberSubscription Subscription(JoinGroupRequest join) => ConsumerProtocolFormat.ReadSubscription("m", null, join.Protocols[0].Metadata);
}
