using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client.Tests;

public class FetchSessionTests
{
    private static readonly TopicPartition A = new("a", 0);
    private static readonly TopicPartition B = new("b", 0);
    private static readonly Uuid IdOfA = new(1, 1);
    private static readonly Uuid IdOfB = new(2, 2);

    private readonly FetchSession _session = new();

    [Fact]
    public void The_first_request_says_everything_and_later_ones_what_changed()
    {
        var first = Build((A, Target(IdOfA, 0)), (B, Target(IdOfB, 0)));
        (first.SessionId, first.SessionEpoch, first.Topics.Count).ShouldBe((0, 0, 2));
        _session.Handle(ErrorCode.None, 9).ShouldBeTrue();

        var second = Build((A, Target(IdOfA, 5)), (B, Target(IdOfB, 0)));
        (second.SessionId, second.SessionEpoch).ShouldBe((9, 1));
        second.Topics.Single().Topic.ShouldBe(new TopicName("a"));
        second.ForgottenTopicsData.ShouldBeEmpty();
        _session.Handle(ErrorCode.None, 9);

        var third = Build((A, Target(IdOfA, 5)));
        third.Topics.ShouldBeEmpty();
        third.ForgottenTopicsData.Single().TopicId.ShouldBe(IdOfB);
        third.SessionEpoch.ShouldBe(2);
    }

    [Fact]
    public void A_topic_made_anew_is_forgotten_by_its_old_id()
    {
        Build((A, Target(IdOfA, 5)));
        _session.Handle(ErrorCode.None, 9);

        var next = Build((A, Target(IdOfB, 0)));
        next.ForgottenTopicsData.Single().TopicId.ShouldBe(IdOfA);
        next.Topics.Single().TopicId.ShouldBe(IdOfB);
    }

    [Theory]
    [InlineData(ErrorCode.FetchSessionIdNotFound, 0)]
    [InlineData(ErrorCode.InvalidFetchSessionEpoch, 9)]
    public void A_session_that_is_lost_begins_anew(ErrorCode error, int id)
    {
        Build((A, Target(IdOfA, 5)));
        _session.Handle(ErrorCode.None, 9);
        Build((A, Target(IdOfA, 6)));
        _session.Handle(error, 0).ShouldBeFalse();

        var next = Build((A, Target(IdOfA, 6)));
        (next.SessionId, next.SessionEpoch, next.Topics.Count).ShouldBe((id, 0, 1));
    }

    [Fact]
    public void A_broker_without_sessions_is_told_everything_each_time()
    {
        Build((A, Target(IdOfA, 5)));
        _session.Handle(ErrorCode.None, 0);
        Build((A, Target(IdOfA, 5))).Topics.Count.ShouldBe(1);
    }

    [Fact]
    public void The_parts_of_a_request_are_used_again_and_nothing_of_the_last_one_is_left_in_them()
    {
        var first = Build((A, Target(IdOfA, 0)), (B, Target(IdOfB, 0)));
        var parts = first.Topics.ToList();
        _session.Clear(first);
        first.Topics.ShouldBeEmpty();
        _session.Handle(ErrorCode.None, 9);

        var second = Build((B, Target(IdOfB, 7)));
        var asked = second.Topics.Single();
        parts.ShouldContain(asked);
        (asked.Topic, asked.TopicId, asked.Partitions.Single().FetchOffset.Value).ShouldBe((new TopicName("b"), IdOfB, 7));
        second.ForgottenTopicsData.Single().Partitions.ShouldHaveSingleItem();
        _session.Clear(second);
        second.ForgottenTopicsData.ShouldBeEmpty();
    }

    private static FetchTarget Target(Uuid id, long offset) => new(id, offset, 0, 1000);

    private FetchRequest Build(params (TopicPartition Partition, FetchTarget Target)[] wanted)
    {
        var request = new FetchRequest();
        _session.Build(request, [.. wanted]);
        return request;
    }
}
