using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination.Tests;

/// <summary>Members with an instance id (KIP-345, KIP-814).</summary>
public sealed class StaticMemberTests : IDisposable
{
    private readonly ClassicGroupHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void A_static_member_is_let_in_at_once_under_an_id_of_its_instance()
    {
        var member = Stable();
        member.MemberId.ShouldStartWith("one-");
        _harness.Recorded()!.Members.Single().GroupInstanceId.ShouldBe("one");
    }

    [Fact]
    public void Rejoin_without_leave_keeps_the_assignment_and_fences_the_old_id()
    {
        var before = Stable();
        var back = ClassicGroupHarness.Answer(_harness.BeginJoin(instanceId: "one"));
        back.ErrorCode.ShouldBe(ErrorCode.None);
        back.MemberId.ShouldNotBe(before.MemberId);
        back.GenerationId.ShouldBe(before.GenerationId);
        back.Leader.ShouldBe(back.MemberId);
        back.SkipAssignment.ShouldBeTrue();
        back.Members.Single().MemberId.ShouldBe(back.MemberId);
        _harness.State.State.ShouldBe(ClassicGroupState.Stable);
        ClassicGroupHarness.Answer(_harness.BeginSync(back.MemberId, back.GenerationId, "one", "range")).Assignment.ToArray().ShouldBe("all"u8.ToArray());
        _harness.Heartbeat(before.MemberId, 1, "one").ShouldBe(ErrorCode.FencedInstanceId);
        _harness.Heartbeat(before.MemberId, 1).ShouldBe(ErrorCode.UnknownMemberId);
        _harness.Commit(5, before.MemberId, 1, "one").ShouldBe(ErrorCode.FencedInstanceId);
        ClassicGroupHarness.Answer(_harness.BeginSync(before.MemberId, 1, "one", "range")).ErrorCode.ShouldBe(ErrorCode.FencedInstanceId);
        ClassicGroupHarness.Answer(_harness.BeginJoin(before.MemberId, "one")).ErrorCode.ShouldBe(ErrorCode.FencedInstanceId);
        _harness.Recorded()!.Members.Single().MemberId.ShouldBe(back.MemberId);
    }

    [Fact]
    public void Before_kip_814_the_leader_that_is_back_is_told_that_its_old_id_leads()
    {
        var before = Stable();
        var back = ClassicGroupHarness.Answer(_harness.BeginJoin(instanceId: "one", version: 8));
        back.Leader.ShouldBe(before.MemberId);
        back.SkipAssignment.ShouldBeFalse();
        back.Members.ShouldBeEmpty();
    }

    [Fact]
    public void A_duplicate_instance_id_is_fenced_where_it_waits()
    {
        var first = _harness.BeginJoin(instanceId: "one");
        var second = _harness.BeginJoin(instanceId: "one");
        ClassicGroupHarness.Answer(first).ErrorCode.ShouldBe(ErrorCode.FencedInstanceId);
        _harness.Runtime.Advance(6200);
        ClassicGroupHarness.Answer(second).ErrorCode.ShouldBe(ErrorCode.None);
        _harness.State.MemberCount.ShouldBe(1);
    }

    [Fact]
    public void A_static_member_that_changes_the_protocol_makes_all_join_again()
    {
        Stable();
        var back = _harness.BeginJoin(instanceId: "one", protocols: ["sticky", "range"]);
        ClassicGroupHarness.Answer(back).GenerationId.ShouldBe(2);
        ClassicGroupHarness.Answer(back).ProtocolName.ShouldBe("sticky");
    }

    [Fact]
    public void A_static_member_that_does_not_join_again_stays_until_its_session_ends()
    {
        Stable();
        var (_, joining) = _harness.BeginJoinNew("second", sessionMs: 10_000, rebalanceMs: 5_000);
        _harness.Runtime.Advance(9000, stepMs: 100);
        joining.IsCompleted.ShouldBeFalse("the rebalance takes as long as the longest wish of its members");
        _harness.Runtime.Advance(1500, stepMs: 100);
        ClassicGroupHarness.Answer(joining).GenerationId.ShouldBe(2);
        _harness.State.MemberCount.ShouldBe(1);
    }

    [Fact]
    public void An_administrator_removes_a_static_member_by_its_instance_id()
    {
        var before = Stable();
        var response = _harness.Leave(("", "one"), ("", "two"), (before.MemberId, "three"));
        response.Members.Select(member => member.ErrorCode).ShouldBe([ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId]);
        _harness.State.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void A_new_id_that_cannot_be_written_is_taken_back()
    {
        var before = Stable();
        _harness.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
        ClassicGroupHarness.Answer(_harness.BeginJoin(instanceId: "one")).ErrorCode.ShouldNotBe(ErrorCode.None);
        _harness.Runtime.Log.AppendError = ErrorCode.None;
        _harness.Heartbeat(before.MemberId, 1, "one").ShouldBe(ErrorCode.None);
    }

    private JoinGroupResponse Stable()
    {
        var joining = _harness.BeginJoin(instanceId: "one");
        _harness.Runtime.Advance(3100);
        var joined = ClassicGroupHarness.Answer(joining);
        ClassicGroupHarness.Answer(_harness.BeginSync(joined.MemberId, joined.GenerationId, "one", "range", (joined.MemberId, "all"))).ErrorCode.ShouldBe(ErrorCode.None);
        return joined;
    }
}
