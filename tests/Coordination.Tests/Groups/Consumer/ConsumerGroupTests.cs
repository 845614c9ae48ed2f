using Moldau.Protocol;
using static Moldau.Coordination.Tests.ConsumerGroupHarness;

namespace Moldau.Coordination.Tests;

/// <summary>What heartbeats of members of a consumer group mean (KIP-848), one case after the other.</summary>
public sealed class ConsumerGroupTests : IDisposable
{
    private readonly ConsumerGroupHarness _groups = new();

    public void Dispose() => _groups.Dispose();

    [Fact]
    public void The_first_member_enters_epoch_2_and_gets_everything()
    {
        var topic = _groups.CreateTopic("t", 3);
        var response = _groups.Join("a", "t");
        response.MemberEpoch.ShouldBe(2);
        response.MemberId.ShouldBe("a");
        response.HeartbeatIntervalMs.ShouldBe(5_000);
        AssignmentOf(response).ShouldBe(Partitions(topic, 0, 1, 2));
        _groups.State!.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Stable);
    }

    [Fact]
    public void A_second_member_waits_until_the_first_has_given_its_partitions_up()
    {
        var topic = _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        var joined = _groups.Join("b", "t");
        joined.MemberEpoch.ShouldBe(3);
        AssignmentOf(joined)!.IsEmpty.ShouldBeTrue();
        _groups.State!.Member("b")!.State.ShouldBe(MemberState.UnreleasedPartitions);

        // The first is told to give one up, and stays in its epoch until it says that it has.
        var told = _groups.Send(Beat("a", 2));
        told.MemberEpoch.ShouldBe(2);
        AssignmentOf(told)!.Count.ShouldBe(1);
        _groups.State.Member("a")!.State.ShouldBe(MemberState.UnrevokedPartitions);
        AssignmentOf(_groups.Send(Beat("b", 3))).ShouldBeNull();

        var kept = AssignmentOf(told)!;
        _groups.Send(Beat("a", 2, kept)).MemberEpoch.ShouldBe(3);
        _groups.State.Member("a")!.State.ShouldBe(MemberState.Stable);
        var given = AssignmentOf(_groups.Send(Beat("b", 3)))!;
        given.Count.ShouldBe(1);
        OwnedPartitions.Overlap(given, kept).ShouldBeFalse();
        _groups.State.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Stable);
        given.Topics.ShouldBe([topic]);
    }

    [Fact]
    public void A_heartbeat_with_the_previous_epoch_is_of_a_member_that_lost_the_response()
    {
        var topic = _groups.CreateTopic("t", 1);
        _groups.Join("a", "t");
        _groups.Join("b", "t");
        _groups.Send(Beat("a", 2)).MemberEpoch.ShouldBe(3);
        var answered = _groups.Send(Beat("a", 2, Partitions(topic, 0)));
        answered.MemberEpoch.ShouldBe(3);
        _groups.Refused(Beat("a", 2)).ShouldBe(ErrorCode.FencedMemberEpoch, "without what it has it cannot be known to have no more");
        _groups.Refused(Beat("a", 2, Partitions(topic, 0, 1))).ShouldBe(ErrorCode.FencedMemberEpoch);
    }

    [Fact]
    public void A_member_with_another_epoch_is_fenced_and_may_join_again_with_epoch_0()
    {
        var topic = _groups.CreateTopic("t", 1);
        _groups.Join("a", "t");
        _groups.Refused(Beat("a", 3)).ShouldBe(ErrorCode.FencedMemberEpoch);
        _groups.Refused(Beat("a", 1)).ShouldBe(ErrorCode.FencedMemberEpoch);
        var again = _groups.Join("a", "t");
        again.MemberEpoch.ShouldBe(2);
        AssignmentOf(again).ShouldBe(Partitions(topic, 0));
    }

    [Fact]
    public void A_group_and_a_member_that_are_not_known_are_refused()
    {
        _groups.Refused(Beat("a", 1)).ShouldBe(ErrorCode.GroupIdNotFound);
        _groups.CreateTopic("t", 1);
        _groups.Join("a", "t");
        _groups.Refused(Beat("b", 2)).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_member_that_is_silent_for_its_session_is_removed_and_its_partitions_go_to_others()
    {
        _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        _groups.Join("b", "t");
        _groups.Send(Beat("a", 2, AssignmentOf(_groups.Send(Beat("a", 2))))).MemberEpoch.ShouldBe(3);
        _groups.Runtime.Advance(40_000, 1_000);
        _groups.Send(Beat("b", 3)).MemberEpoch.ShouldBe(3);
        _groups.Runtime.Advance(6_000, 1_000);
        _groups.State!.HasMember("a").ShouldBeFalse();
        var response = _groups.Send(Beat("b", 3));
        response.MemberEpoch.ShouldBe(4);
        AssignmentOf(response)!.Count.ShouldBe(2);
        _groups.Refused(Beat("a", 3)).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_member_that_does_not_give_partitions_up_within_its_rebalance_timeout_is_removed()
    {
        _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        _groups.Join("b", "t");
        for (var second = 0; second < 12; second += 3)
        {
            if (_groups.State!.HasMember("a"))
            {
                _groups.Send(Beat("a", 2));
            }

            _groups.Runtime.Advance(3_000, 1_000);
        }

        _groups.State!.HasMember("a").ShouldBeFalse();
    }

    [Fact]
    public void After_a_reload_a_member_that_must_give_partitions_up_still_has_its_timeout()
    {
        _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        _groups.Join("b", "t");
        _groups.Send(Beat("a", 2));
        _groups.Runtime.Restart();
        _groups.State!.Member("a")!.State.ShouldBe(MemberState.UnrevokedPartitions);
        _groups.Runtime.Advance(11_000, 1_000);
        _groups.State!.HasMember("a").ShouldBeFalse();
        _groups.State.HasMember("b").ShouldBeTrue();
    }

    [Fact]
    public void A_static_member_that_leaves_for_a_while_gets_its_partitions_back_under_another_id()
    {
        var topic = _groups.CreateTopic("t", 2);
        var join = JoinRequest("a", "t");
        join.InstanceId = "i";
        _groups.Send(join).MemberEpoch.ShouldBe(2);
        var other = JoinRequest("b", "t");
        other.InstanceId = "i";
        _groups.Refused(other).ShouldBe(ErrorCode.UnreleasedInstanceId);

        var leave = Beat("a", -2);
        leave.InstanceId = "i";
        _groups.Send(leave).MemberEpoch.ShouldBe(-2);
        var back = _groups.Send(other);
        back.MemberEpoch.ShouldBe(2, "nothing is assigned anew");
        AssignmentOf(back).ShouldBe(Partitions(topic, 0, 1));
        var stale = Beat("a", 2);
        stale.InstanceId = "i";
        _groups.Refused(stale).ShouldBe(ErrorCode.FencedInstanceId);
        _groups.State!.MemberCount.ShouldBe(1);
    }

    [Fact]
    public void A_group_that_is_full_takes_nobody_in_but_those_it_has()
    {
        _groups.Options = _groups.Options with { SizeMax = 1 };
        _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        _groups.Refused(JoinRequest("b", "t")).ShouldBe(ErrorCode.GroupMaxSizeReached);
        _groups.Join("a", "t").MemberEpoch.ShouldBe(2);
    }

    [Fact]
    public void New_partitions_and_topics_are_assigned_with_the_next_heartbeat()
    {
        var topic = _groups.CreateTopic("t", 1);
        _groups.Join("a", "t", "later").MemberEpoch.ShouldBe(2);
        _groups.AddPartitions(topic, 1, 3);
        var response = _groups.Send(Beat("a", 2));
        response.MemberEpoch.ShouldBe(3);
        AssignmentOf(response).ShouldBe(Partitions(topic, 0, 1, 2));
        _groups.CreateTopic("later", 1);
        AssignmentOf(_groups.Send(Beat("a", 3)))!.Count.ShouldBe(4);
        _groups.DeleteTopic(topic);
        var without = _groups.Send(Beat("a", 4));
        AssignmentOf(without)!.Count.ShouldBe(1);
    }

    [Fact]
    public void Within_the_assignment_interval_the_old_target_stays()
    {
        _groups.Options = _groups.Options with { TimeoutsOf = static _ => new ConsumerGroupTimeouts(45_000, 5_000, 1_000) };
        _groups.CreateTopic("t", 2);
        _groups.Join("a", "t").MemberEpoch.ShouldBe(2);
        _groups.Join("b", "t").MemberEpoch.ShouldBe(2);
        _groups.State!.Epoch.ShouldBe(3);
        _groups.State.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Assigning);
        _groups.Runtime.Advance(1_000);
        _groups.Send(Beat("b", 2)).MemberEpoch.ShouldBe(3);
    }

    [Fact]
    public void A_pattern_is_resolved_by_a_worker_and_again_when_topics_are_made()
    {
        var first = _groups.CreateTopic("orders-1", 1);
        _groups.CreateTopic("other", 1);
        var join = JoinRequest("a");
        join.SubscribedTopicNames = null;
        join.SubscribedTopicRegex = "orders-.*";
        AssignmentOf(_groups.Send(join))!.IsEmpty.ShouldBeTrue("its topics are not known yet");
        var response = _groups.Send(Beat("a", 1));
        response.MemberEpoch.ShouldBe(2);
        AssignmentOf(response).ShouldBe(Partitions(first, 0));

        var second = _groups.CreateTopic("orders-2", 1);
        AssignmentOf(_groups.Send(Beat("a", 2))).ShouldBeNull("patterns are not looked up more often than each ten seconds");
        _groups.Runtime.Advance(11_000, 1_000);
        _groups.Send(Beat("a", 2));
        AssignmentOf(_groups.Send(Beat("a", 2)))!.Topics.ShouldBe([first, second]);
    }

    [Fact]
    public void A_pattern_matches_no_topic_that_the_member_may_not_describe()
    {
        var open = _groups.CreateTopic("orders-open", 1);
        _groups.CreateTopic("orders-secret", 1);
        _groups.Describable = topics => [.. topics.Where(topic => topic != "orders-secret")];
        var join = JoinRequest("a");
        join.SubscribedTopicRegex = "orders-.*";
        _groups.Send(join);
        AssignmentOf(_groups.Send(Beat("a", 1))).ShouldBe(Partitions(open, 0));
    }

    [Fact]
    public void A_bad_pattern_is_refused_and_a_good_one_leaves_no_trace_when_it_is_given_up()
    {
        _groups.CreateTopic("t", 1);
        var join = JoinRequest("a");
        join.SubscribedTopicRegex = "(t";
        _groups.Refused(join).ShouldBe(ErrorCode.InvalidRegularExpression);
        join.SubscribedTopicRegex = "t.*";
        _groups.Send(join);
        _groups.Send(Beat("a", 1)).MemberEpoch.ShouldBe(2);
        var without = Beat("a", 2);
        without.SubscribedTopicRegex = string.Empty;
        _groups.Send(without);
        _groups.State!.SubscribedTopics.ShouldBeEmpty();
        _groups.State.ResolvedPatternTexts.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_member_unsubscribes_from_is_revoked_at_once()
    {
        var first = _groups.CreateTopic("t1", 1);
        var second = _groups.CreateTopic("t2", 1);
        _groups.Join("a", "t1", "t2");
        var request = Beat("a", 2);
        request.SubscribedTopicNames = ["t2"];
        AssignmentOf(_groups.Send(request)).ShouldBe(Partitions(second, 0));
        _groups.State!.Member("a")!.PartitionsPendingRevocation.Partitions.ShouldBe(Partitions(first, 0));
    }

    [Fact]
    public void An_append_that_fails_leaves_the_group_as_it_was()
    {
        _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        _groups.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
        _groups.Begin(JoinRequest("b", "t")).IsFaulted.ShouldBeTrue();
        _groups.Begin(Beat("a", -1)).IsFaulted.ShouldBeTrue();
        _groups.Runtime.Log.AppendError = ErrorCode.None;
        _groups.State!.MemberCount.ShouldBe(1);
        _groups.State.Epoch.ShouldBe(2);
        _groups.Runtime.Advance(46_000, 1_000);
        _groups.State.MemberCount.ShouldBe(0, "the session of a member whose leave could not be written still ends");
    }

    [Fact]
    public void The_assignor_that_most_members_ask_for_is_taken()
    {
        _groups.CreateTopic("t", 4);
        var join = JoinRequest("a", "t");
        join.ServerAssignor = "range";
        _groups.Send(join);
        _groups.State!.PreferredAssignorAt(long.MaxValue).ShouldBe("range");
        var described = _groups.Runtime.Read((shard, offset) => shard.Consumers.Describe(ConsumerGroupHarness.Group, offset));
        described.AssignorName.ShouldBe("range");
        described.GroupState.ShouldBe("Stable");
        described.Members.Single().MemberType.ShouldBe((sbyte)1);
        described.Members.Single().TargetAssignment.TopicPartitions.Single().TopicName.Value.ShouldBe("t");
    }

    [Fact]
    public void The_last_member_leaves_an_empty_group_that_can_be_deleted()
    {
        _groups.CreateTopic("t", 1);
        _groups.Join("a", "t");
        _groups.Send(Beat("a", -1)).MemberEpoch.ShouldBe(-1);
        _groups.State!.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Empty);
        _groups.Runtime.Write(shard =>
        {
            var records = new List<CoordinatorRecord>();
            shard.Groups.Require(ConsumerGroupHarness.Group).AddTombstones(records);
            return new CoordinatorResult<bool>(records, true);
        });
        _groups.State.ShouldBeNull();
        _groups.Runtime.Restart();
        _groups.State.ShouldBeNull();
    }

    [Fact]
    public void A_commit_of_an_older_epoch_is_taken_only_for_what_the_member_had_in_it()
    {
        var topic = _groups.CreateTopic("t", 2);
        _groups.Join("a", "t");
        _groups.Join("b", "t");
        var kept = AssignmentOf(_groups.Send(Beat("a", 2)))!;
        _groups.Send(Beat("a", 2, kept)).MemberEpoch.ShouldBe(3);
        var group = _groups.State!;
        var partition = kept.Of(topic)[0];

        group.ValidateOffsetCommit("a", null, 3, false, 9).ShouldBeNull();
        var validator = group.ValidateOffsetCommit("a", null, 2, false, 9)!;
        validator("t", topic, partition);
        Refusal(() => validator("t", topic, 1 - partition)).ShouldBe(ErrorCode.StaleMemberEpoch, "that one is another's now");
        Refusal(() => group.ValidateOffsetCommit("a", null, 4, false, 9)).ShouldBe(ErrorCode.StaleMemberEpoch);
        Refusal(() => group.ValidateOffsetCommit("zombie", null, 3, false, 9)).ShouldBe(ErrorCode.UnknownMemberId);
        Refusal(() => group.ValidateOffsetCommit("a", null, 3, false, 8)).ShouldBe(ErrorCode.UnsupportedVersion);
        Refusal(() => group.ValidateOffsetFetch("a", 2, long.MaxValue)).ShouldBe(ErrorCode.StaleMemberEpoch);
        group.ValidateOffsetFetch(null, -1, long.MaxValue);
    }

    private static ErrorCode Refusal(Action action) => Should.Throw<CoordinatorException>(action).Error;
}
