using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination.Tests;

/// <summary>Joins, syncs, heartbeats and leaves of dynamic members, case by case.</summary>
public sealed class ClassicGroupTests : IDisposable
{
    private readonly ClassicGroupHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void The_first_member_is_told_its_id_waits_for_others_and_leads()
    {
        var (memberId, joining) = _harness.BeginJoinNew();
        memberId.ShouldStartWith("client-");
        Guid.TryParse(memberId["client-".Length..], out _).ShouldBeTrue();
        _harness.Runtime.Advance(2900);
        joining.IsCompleted.ShouldBeFalse();
        _harness.Runtime.Advance(150);
        var joined = ClassicGroupHarness.Answer(joining);
        joined.ErrorCode.ShouldBe(ErrorCode.None);
        joined.GenerationId.ShouldBe(1);
        joined.Leader.ShouldBe(memberId);
        joined.ProtocolName.ShouldBe("range");
        joined.ProtocolType.ShouldBe("consumer");
        joined.Members.Single().MemberId.ShouldBe(memberId);
        var synced = _harness.Sync(joined, (memberId, "mine"));
        synced.ErrorCode.ShouldBe(ErrorCode.None);
        System.Text.Encoding.UTF8.GetString(synced.Assignment.Span).ShouldBe("mine");
        var recorded = _harness.Recorded()!;
        recorded.Generation.ShouldBe(1);
        recorded.Leader.ShouldBe(memberId);
        recorded.Members.Single().ClientHost.ShouldBe("/127.0.0.1");
        recorded.Members.Single().RebalanceTimeout.ShouldBe(60_000);
    }

    [Fact]
    public void An_old_client_joins_without_being_told_its_id_first()
    {
        var joining = _harness.BeginJoin(version: 3);
        _harness.Runtime.Advance(3100);
        ClassicGroupHarness.Answer(joining).ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Members_that_join_within_the_delay_extend_it_and_share_the_first_generation()
    {
        var (_, first) = _harness.BeginJoinNew("a");
        _harness.Runtime.Advance(2000);
        var (_, second) = _harness.BeginJoinNew("b");
        _harness.Runtime.Advance(1500);
        first.IsCompleted.ShouldBeFalse();
        _harness.Runtime.Advance(2600);
        ClassicGroupHarness.Answer(first).GenerationId.ShouldBe(1);
        ClassicGroupHarness.Answer(first).Members.Count.ShouldBe(2);
        ClassicGroupHarness.Answer(second).Members.ShouldBeEmpty();
    }

    [Fact]
    public void A_second_member_makes_all_join_again()
    {
        var first = _harness.FirstMember();
        var (_, joining) = _harness.BeginJoinNew("second");
        joining.IsCompleted.ShouldBeFalse();
        _harness.Heartbeat(first.MemberId, 1).ShouldBe(ErrorCode.RebalanceInProgress);
        _harness.Sync(first).ErrorCode.ShouldBe(ErrorCode.RebalanceInProgress);
        var again = ClassicGroupHarness.Answer(_harness.BeginJoin(first.MemberId));
        again.GenerationId.ShouldBe(2);
        again.Leader.ShouldBe(first.MemberId);
        again.Members.Count.ShouldBe(2);
        var second = ClassicGroupHarness.Answer(joining);
        var follower = _harness.BeginSync(second);
        follower.IsCompleted.ShouldBeFalse();
        _harness.Sync(again, (first.MemberId, "a"), (second.MemberId, "b"));
        System.Text.Encoding.UTF8.GetString(ClassicGroupHarness.Answer(follower).Assignment.Span).ShouldBe("b");
        _harness.Heartbeat(second.MemberId, 2).ShouldBe(ErrorCode.None);
        _harness.Heartbeat(second.MemberId, 1).ShouldBe(ErrorCode.IllegalGeneration);
        _harness.Heartbeat("nobody", 2).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_member_that_does_not_join_again_in_time_is_removed_and_another_leads()
    {
        var first = _harness.FirstMember();
        var (second, joining) = _harness.BeginJoinNew("second");
        for (var elapsed = 0; elapsed < 60_000; elapsed += 5000)
        {
            _harness.Heartbeat(first.MemberId, 1).ShouldBe(ErrorCode.RebalanceInProgress);
            _harness.Runtime.Advance(5000, stepMs: 1000);
        }

        _harness.Runtime.Advance(1000, stepMs: 100);
        ClassicGroupHarness.Answer(joining).Leader.ShouldBe(second);
        _harness.Heartbeat(first.MemberId, 1).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_member_without_heartbeats_is_removed_and_the_empty_group_is_recorded()
    {
        var first = _harness.FirstMember();
        _harness.Runtime.Advance(9000, stepMs: 500);
        _harness.Heartbeat(first.MemberId, 1).ShouldBe(ErrorCode.None);
        _harness.Runtime.Advance(9900, stepMs: 100);
        _harness.State.MemberCount.ShouldBe(1);
        _harness.Runtime.Advance(300, stepMs: 100);
        _harness.State.State.ShouldBe(ClassicGroupState.Empty);
        _harness.Recorded()!.Members.ShouldBeEmpty();
        _harness.Recorded()!.Generation.ShouldBe(2);
        _harness.Recorded()!.Protocol.ShouldBeNull();
    }

    [Fact]
    public void A_member_that_was_told_its_id_and_never_joins_is_forgotten()
    {
        var told = ClassicGroupHarness.Answer(_harness.BeginJoin());
        _harness.State.PendingJoinCount.ShouldBe(1);
        _harness.Runtime.Advance(10_100, stepMs: 100);
        _harness.State.PendingJoinCount.ShouldBe(0);
        ClassicGroupHarness.Answer(_harness.BeginJoin(told.MemberId)).ErrorCode.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void Members_that_do_not_sync_in_time_are_removed()
    {
        var (_, joining) = _harness.BeginJoinNew(sessionMs: 100_000, rebalanceMs: 20_000);
        _harness.Runtime.Advance(3100);
        ClassicGroupHarness.Answer(joining).ErrorCode.ShouldBe(ErrorCode.None);
        _harness.Runtime.Advance(20_500, stepMs: 100);
        _harness.State.State.ShouldBe(ClassicGroupState.Empty);
    }

    [Fact]
    public void A_member_of_a_group_that_is_not_there_is_unknown()
    {
        ClassicGroupHarness.Answer(_harness.BeginJoin("somebody")).ErrorCode.ShouldBe(ErrorCode.UnknownMemberId);
        ClassicGroupHarness.Answer(_harness.BeginSync("somebody", 1, null, "range")).ErrorCode.ShouldBe(ErrorCode.UnknownMemberId);
        _harness.Heartbeat("somebody", 1).ShouldBe(ErrorCode.UnknownMemberId);
        _harness.Runtime.Shard.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public void A_group_larger_than_its_maximum_lets_nobody_more_in()
    {
        _harness.Options = _harness.Options with { ClassicGroupSizeMax = 1 };
        var first = _harness.FirstMember();
        ClassicGroupHarness.Answer(_harness.BeginJoin(clientId: "second")).ErrorCode.ShouldBe(ErrorCode.GroupMaxSizeReached);
        _harness.Heartbeat(first.MemberId, 1).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void The_protocol_that_all_support_and_most_prefer_is_chosen()
    {
        var first = ClassicGroupHarness.Answer(_harness.BeginJoin(protocols: ["sticky", "range"]));
        var second = ClassicGroupHarness.Answer(_harness.BeginJoin(protocols: ["range", "sticky", "other"]));
        var third = ClassicGroupHarness.Answer(_harness.BeginJoin(protocols: ["range", "sticky"]));
        var joining = _harness.BeginJoin(first.MemberId, protocols: ["sticky", "range"]);
        _harness.BeginJoin(second.MemberId, protocols: ["range", "sticky", "other"]);
        _harness.BeginJoin(third.MemberId, protocols: ["range", "sticky"]);
        _harness.Runtime.Advance(6200);
        ClassicGroupHarness.Answer(joining).ProtocolName.ShouldBe("range");
        ClassicGroupHarness.Answer(_harness.BeginJoin(protocols: ["other"])).ErrorCode.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        ClassicGroupHarness.Answer(_harness.BeginJoin(type: "connect", protocols: ["range"])).ErrorCode.ShouldBe(ErrorCode.InconsistentGroupProtocol);
        ClassicGroupHarness.Answer(_harness.BeginSync(first.MemberId, 1, null, "sticky")).ErrorCode.ShouldBe(ErrorCode.InconsistentGroupProtocol);
    }

    [Fact]
    public void A_follower_that_asks_again_gets_the_generation_and_the_leader_a_new_one()
    {
        var first = _harness.FirstMember();
        var (second, joining) = _harness.BeginJoinNew("second");
        var leader = ClassicGroupHarness.Answer(_harness.BeginJoin(first.MemberId));
        _ = ClassicGroupHarness.Answer(joining);
        var follower = _harness.BeginSync(second, 2, null, "range");
        _harness.Sync(leader);
        ClassicGroupHarness.Answer(follower).ErrorCode.ShouldBe(ErrorCode.None);
        ClassicGroupHarness.Answer(_harness.BeginJoin(second)).GenerationId.ShouldBe(2);
        _harness.State.State.ShouldBe(ClassicGroupState.Stable);
        _harness.BeginJoin(first.MemberId).IsCompleted.ShouldBeFalse();
        _harness.State.State.ShouldBe(ClassicGroupState.PreparingRebalance);
    }

    [Fact]
    public void Who_leaves_is_answered_one_by_one_and_the_rest_rebalances()
    {
        var first = _harness.FirstMember();
        var response = _harness.Leave((first.MemberId, null), ("nobody", null));
        response.ErrorCode.ShouldBe(ErrorCode.None);
        response.Members.Select(member => member.ErrorCode).ShouldBe([ErrorCode.None, ErrorCode.UnknownMemberId]);
        _harness.State.State.ShouldBe(ClassicGroupState.Empty);
    }

    [Fact]
    public void An_assignment_that_cannot_be_written_makes_all_join_again()
    {
        var (_, joining) = _harness.BeginJoinNew();
        _harness.Runtime.Advance(3100);
        var joined = ClassicGroupHarness.Answer(joining);
        _harness.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
        _harness.Sync(joined, (joined.MemberId, "mine")).ErrorCode.ShouldBe(ErrorCode.CoordinatorNotAvailable);
        _harness.State.State.ShouldBe(ClassicGroupState.PreparingRebalance);
        _harness.Runtime.Log.AppendError = ErrorCode.None;
        var again = ClassicGroupHarness.Answer(_harness.BeginJoin(joined.MemberId));
        again.GenerationId.ShouldBe(2);
        _harness.Sync(again, (joined.MemberId, "mine")).ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void A_group_whose_first_record_cannot_be_written_is_not_there()
    {
        _harness.Runtime.Log.AppendError = ErrorCode.NotLeaderOrFollower;
        ClassicGroupHarness.Answer(_harness.BeginJoin(version: 3)).ErrorCode.ShouldBe(ErrorCode.NotCoordinator);
        _harness.Runtime.Shard.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public void A_coordinator_that_goes_away_tells_all_who_wait()
    {
        var (_, joining) = _harness.BeginJoinNew();
        _harness.Runtime.Unload();
        ClassicGroupHarness.Answer(joining).ErrorCode.ShouldBe(ErrorCode.NotCoordinator);
    }

    [Fact]
    public void A_coordinator_that_comes_back_knows_the_generation_and_its_sessions_begin_anew()
    {
        var first = _harness.FirstMember();
        _harness.Runtime.Advance(9000, stepMs: 500);
        _harness.Runtime.Restart();
        _harness.Runtime.Advance(9000, stepMs: 500);
        _harness.Heartbeat(first.MemberId, 1).ShouldBe(ErrorCode.None);
        _harness.Sync(first).Assignment.ToArray().ShouldBe("all"u8.ToArray());
        _harness.Runtime.Advance(10_100, stepMs: 100);
        _harness.State.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Groups_are_listed_by_state_and_type_in_any_case_and_described()
    {
        _harness.FirstMember();
        List(["stable"], []).ShouldBe(["group"]);
        List(["Empty"], []).ShouldBeEmpty();
        List([], ["CLASSIC"]).ShouldBe(["group"]);
        List([], ["consumer"]).ShouldBeEmpty();
        var described = _harness.Runtime.Read((shard, offset) => shard.DescribeClassic([ClassicGroupHarness.Group, "none"], 6, offset));
        described[0].GroupState.ShouldBe("Stable");
        described[0].ProtocolData.ShouldBe("range");
        described[0].Members.Single().MemberAssignment.ToArray().ShouldBe("all"u8.ToArray());
        described[1].ErrorCode.ShouldBe(ErrorCode.GroupIdNotFound);
        described[1].GroupState.ShouldBe("Dead");
        _harness.Runtime.Read((shard, offset) => shard.DescribeClassic(["none"], 5, offset))[0].ErrorCode.ShouldBe(ErrorCode.None);

        List<string> List(string[] states, string[] types) => _harness.Runtime.Read((shard, offset) => shard.List(states, types, offset)).ConvertAll(group => group.GroupId.Value);
    }
}
