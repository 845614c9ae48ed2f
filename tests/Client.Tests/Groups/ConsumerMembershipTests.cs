using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client.Tests;

/// <summary>A member of a consumer group (KIP-848), asked and answered by hand.</summary>
public class ConsumerMembershipTests
{
    private static readonly Uuid Topic = new(1, 2);
    private static readonly GroupMembershipSettings Settings = new("group") { PollIntervalMaxMs = 1_000_000, RetryBackoffMs = 10, RackId = "rack", RemoteAssignor = "uniform" };

    [Fact]
    public void It_says_everything_once_takes_what_it_is_given_when_the_name_is_known_and_says_that_it_has_it()
    {
        var member = Create();
        var join = Beats(member, 0);
        join.MemberEpoch.ShouldBe(0);
        join.SubscribedTopicNames.ShouldBe([new TopicName("t")]);
        (join.RackId, join.ServerAssignor, join.RebalanceTimeoutMs).ShouldBe(("rack", "uniform", 1_000_000));
        join.TopicPartitions.ShouldBeEmpty();

        member.OnResponse(Answer(1, 0, 1), 0);
        member.Next(0).Kind.ShouldBe(GroupStepKind.Wait);
        member.UnknownTopics.ShouldBe([Topic]);
        member.OnTopicName(Topic, "t");
        Rebalances(member, 10).Assigned.Count.ShouldBe(2);
        var acknowledged = Beats(member, 10);
        acknowledged.TopicPartitions!.Single().Partitions.Select(partition => partition.Value).Order().ShouldBe([0, 1]);
        acknowledged.SubscribedTopicNames.ShouldBeNull();
        member.OnResponse(Answer(1), 10);
        member.Next(10).ShouldBe(GroupStep.Wait(110));
        Beats(member, 110).TopicPartitions.ShouldBeNull();
    }

    [Fact]
    public void What_it_has_to_give_up_is_given_up_before_it_says_so_and_its_heart_beats_meanwhile()
    {
        var member = Stable(0, 1);
        Beats(member, 100);
        member.OnResponse(Answer(2, 1), 100);

        var change = member.Next(100).Rebalance!;
        change.Revoked.ShouldBe([new TopicPartition("t", 0)]);
        change.Assigned.ShouldBeEmpty();
        Beats(member, 200).TopicPartitions.ShouldBeNull();
        member.OnResponse(Answer(2), 200);
        member.OnRebalanced(change, 250);
        Beats(member, 250).TopicPartitions!.Single().Partitions.ShouldBe([new PartitionIndex(1)]);
    }

    [Theory]
    [InlineData(ErrorCode.FencedMemberEpoch)]
    [InlineData(ErrorCode.UnknownMemberId)]
    public void A_member_that_is_fenced_comes_back_when_what_it_had_is_gone(ErrorCode error)
    {
        var member = Stable(0);
        Beats(member, 100);
        member.OnResponse(new ConsumerGroupHeartbeatResponse { ErrorCode = error }, 100);

        var change = member.Next(100).Rebalance!;
        change.Lost.Count.ShouldBe(1);
        member.Next(500).Kind.ShouldBe(GroupStepKind.Wait);
        member.OnRebalanced(change, 600);
        var join = Beats(member, 600);
        join.MemberEpoch.ShouldBe(0);
        join.TopicPartitions.ShouldBeEmpty();
        join.SubscribedTopicNames.ShouldNotBeNull();
    }

    [Fact]
    public void After_a_request_without_an_answer_the_next_says_everything()
    {
        var member = Stable(0);
        Beats(member, 100);
        member.OnFailure(ErrorCode.NetworkException, "lost", isRetriable: true, 100);

        member.Next(100).ShouldBe(GroupStep.Wait(110));
        var next = Beats(member, 110);
        next.MemberEpoch.ShouldBe(1);
        next.SubscribedTopicNames.ShouldNotBeNull();
        next.TopicPartitions!.Single().Partitions.Count.ShouldBe(1);
    }

    /// <summary>The coordinator may do it behind the next one, and says what it gives the member in an answer that nobody reads.</summary>
    [Fact]
    public void A_request_without_an_answer_may_be_done_late_so_it_says_everything_for_a_while_and_takes_what_it_missed()
    {
        var member = Create(Settings with { PollIntervalMaxMs = 1_000 });
        member.OnTopicName(Topic, "t");
        Beats(member, 0);
        member.OnFailure(ErrorCode.RequestTimedOut, "no answer", isRetriable: true, 100);
        Beats(member, 110).MemberEpoch.ShouldBe(0);
        member.OnResponse(Answer(1), 110);

        var asksAgain = Beats(member, 210);
        (asksAgain.MemberEpoch, asksAgain.RebalanceTimeoutMs).ShouldBe((1, 1_000));
        asksAgain.SubscribedTopicNames.ShouldBe([new TopicName("t")]);
        asksAgain.TopicPartitions.ShouldNotBeNull().ShouldBeEmpty();
        member.OnResponse(Answer(1, 0), 210);
        Rebalances(member, 210).Assigned.ShouldBe([new TopicPartition("t", 0)]);

        member.OnProgress(1_100);
        Beats(member, 1_100).SubscribedTopicNames.ShouldNotBeNull();
        member.OnResponse(Answer(1), 1_100);
        var last = Beats(member, 1_200);
        last.SubscribedTopicNames.ShouldBeNull();
        last.TopicPartitions.ShouldBeNull();
    }

    [Theory]
    [InlineData(null, false, -1)]
    [InlineData("i", true, -2)]
    [InlineData("i", false, -1)]
    public void It_leaves_by_its_epoch(string? instance, bool stays, int epoch)
    {
        var member = Stable(Settings with { GroupInstanceId = instance }, 0);
        member.Leave(sendsLeave: true, staysStatic: stays);

        Rebalances(member, 10).Revoked.Count.ShouldBe(1);
        Beats(member, 10).MemberEpoch.ShouldBe(epoch);
        member.OnResponse(new ConsumerGroupHeartbeatResponse { MemberEpoch = epoch }, 10);
        member.Next(10).Kind.ShouldBe(GroupStepKind.End);
    }

    [Fact]
    public void A_name_that_another_holds_ends_it()
    {
        var member = Create();
        Beats(member, 0);
        member.OnResponse(new ConsumerGroupHeartbeatResponse { ErrorCode = ErrorCode.UnreleasedInstanceId, ErrorMessage = "taken" }, 0);

        member.Next(0).Kind.ShouldBe(GroupStepKind.End);
        member.Failure.ShouldBe(new GroupFailure(ErrorCode.UnreleasedInstanceId, "taken"));
    }

    [Fact]
    public void A_pattern_is_the_servers_to_resolve_and_is_taken_back_when_topics_follow()
    {
        var member = new ConsumerMembership(Settings, new Uuid(7, 7));
        member.Subscribe([], "t.*");
        Beats(member, 0).SubscribedTopicRegex.ShouldBe("t.*");
        member.OnResponse(Answer(1), 0);
        member.Subscribe(["t"], null);
        var next = Beats(member, 0);
        next.SubscribedTopicRegex.ShouldBe("");
        next.SubscribedTopicNames.ShouldBe([new TopicName("t")]);
    }

    [Fact]
    public void A_pattern_that_was_taken_back_without_an_answer_is_taken_back_again()
    {
        var member = new ConsumerMembership(Settings, new Uuid(7, 7));
        member.Subscribe([], "t.*");
        Beats(member, 0);
        member.OnResponse(Answer(1), 0);
        member.Subscribe(["t"], null);
        Beats(member, 0);
        member.OnFailure(ErrorCode.NetworkException, "lost", isRetriable: true, 0);
        Beats(member, 10).SubscribedTopicRegex.ShouldBe("");
    }

    private static ConsumerMembership Create() => Create(Settings);

    private static ConsumerMembership Create(GroupMembershipSettings settings)
    {
        var member = new ConsumerMembership(settings, new Uuid(7, 7));
        member.Subscribe(["t"], null);
        return member;
    }

    private static ConsumerMembership Stable(params int[] partitions) => Stable(Settings, partitions);

    private static ConsumerMembership Stable(GroupMembershipSettings settings, params int[] partitions)
    {
        var member = Create(settings);
        member.OnTopicName(Topic, "t");
        Beats(member, 0);
        member.OnResponse(Answer(1, partitions), 0);
        Rebalances(member, 0);
        Beats(member, 0);
        member.OnResponse(Answer(1), 0);
        return member;
    }

    private static ConsumerGroupHeartbeatRequest Beats(GroupMembership member, long nowMs) => member.Next(nowMs).Request.ShouldBeOfType<ConsumerGroupHeartbeatRequest>();

    private static GroupRebalance Rebalances(GroupMembership member, long nowMs)
    {
        var change = member.Next(nowMs).Rebalance.ShouldNotBeNull();
        member.OnRebalanced(change, nowMs);
        return change;
    }

    private static ConsumerGroupHeartbeatResponse Answer(int epoch, params int[] partitions) => new()
    {
        MemberEpoch = epoch,
        HeartbeatIntervalMs = 100,
        Assignment = partitions.Length == 0 ? null : new ConsumerGroupHeartbeatResponse.AssignmentData
        {
            TopicPartitions = [new ConsumerGroupHeartbeatResponse.TopicPartitions { TopicId = Topic, Partitions = [.. partitions.Select(partition => new PartitionIndex(partition))] }],
        },
    };
}
