using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination.Tests;

/// <summary>Who may commit, read and delete offsets, and when they go.</summary>
public sealed class OffsetTests : IDisposable
{
    private const long DayMs = 24 * 60 * 60 * 1000;

    private readonly ClassicGroupHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Offset_commit_with_generation_minus_one_only_when_the_group_is_empty()
    {
        _harness.Commit(1).ShouldBe(ErrorCode.None);
        var member = _harness.FirstMember();
        _harness.Commit(2).ShouldBe(ErrorCode.UnknownMemberId);
        _harness.Leave((member.MemberId, null));
        _harness.Commit(3).ShouldBe(ErrorCode.None);
        _harness.Fetch().Offset.ShouldBe(3);
    }

    [Fact]
    public void A_zombie_commits_nothing()
    {
        var member = _harness.FirstMember();
        _harness.Commit(1, member.MemberId, 1).ShouldBe(ErrorCode.None);
        _harness.Commit(2, member.MemberId, 0).ShouldBe(ErrorCode.IllegalGeneration);
        _harness.Commit(2, "zombie", 1).ShouldBe(ErrorCode.UnknownMemberId);
        _harness.BeginJoinNew("second");
        ClassicGroupHarness.Answer(_harness.BeginJoin(member.MemberId)).GenerationId.ShouldBe(2);
        _harness.Commit(2, member.MemberId, 2).ShouldBe(ErrorCode.RebalanceInProgress);
        _harness.Fetch().Offset.ShouldBe(1);
    }

    [Fact]
    public void A_commit_to_a_group_that_is_not_there_says_so_as_the_version_can()
    {
        _harness.Commit(1, "member", 1, version: 9).ShouldBe(ErrorCode.GroupIdNotFound);
        _harness.Commit(1, "member", 1, version: 8).ShouldBe(ErrorCode.IllegalGeneration);
    }

    [Fact]
    public void Commits_keep_the_session_of_a_member()
    {
        var member = _harness.FirstMember();
        for (var round = 0; round < 3; round++)
        {
            _harness.Runtime.Advance(9000, stepMs: 500);
            _harness.Commit(round, member.MemberId, 1).ShouldBe(ErrorCode.None);
        }

        _harness.State.MemberCount.ShouldBe(1);
    }

    [Fact]
    public void Metadata_has_a_largest_size()
    {
        _harness.Commit(1, metadata: new string('x', 4096)).ShouldBe(ErrorCode.None);
        _harness.Commit(2, metadata: new string('x', 4097)).ShouldBe(ErrorCode.OffsetMetadataTooLarge);
        _harness.Fetch().Offset.ShouldBe(1);
    }

    [Fact]
    public void Offset_delete_of_a_subscribed_topic_is_refused()
    {
        var member = _harness.FirstMember(topics: ["topic"]);
        _harness.Commit(1, member.MemberId, 1).ShouldBe(ErrorCode.None);
        _harness.Commit(1, member.MemberId, 1, topic: "other").ShouldBe(ErrorCode.None);
        _harness.DeleteOffset("topic").ShouldBe(ErrorCode.GroupSubscribedToTopic);
        _harness.DeleteOffset("other").ShouldBe(ErrorCode.None);
        _harness.Fetch("other").Offset.ShouldBe(-1);
        _harness.Fetch("topic").Offset.ShouldBe(1);
    }

    [Fact]
    public void Offsets_of_a_group_of_another_type_are_not_deleted_while_it_has_members()
    {
        var told = ClassicGroupHarness.Answer(_harness.BeginJoin(type: "connect"));
        _harness.BeginJoin(told.MemberId, type: "connect");
        _harness.Runtime.Advance(3100);
        _harness.DeleteOffset().ShouldBe(ErrorCode.NonEmptyGroup);
    }

    [Fact]
    public void A_group_is_deleted_with_its_offsets_when_it_is_empty()
    {
        _harness.Delete().ShouldBe(ErrorCode.GroupIdNotFound);
        var member = _harness.FirstMember();
        _harness.Commit(1, member.MemberId, 1);
        _harness.Delete().ShouldBe(ErrorCode.NonEmptyGroup);
        _harness.Leave((member.MemberId, null));
        _harness.Delete().ShouldBe(ErrorCode.None);
        _harness.Fetch().Offset.ShouldBe(-1);
        _harness.Runtime.Restart();
        _harness.Shard.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public void Offsets_of_an_open_transaction_are_unstable_until_it_ends()
    {
        _harness.CommitInTransaction(7, 70).ShouldBe(ErrorCode.None);
        _harness.Fetch().ShouldBe((-1L, ErrorCode.None));
        _harness.Fetch(stable: true).Error.ShouldBe(ErrorCode.UnstableOffsetCommit);
        _harness.EndTransaction(7, commit: true);
        _harness.Fetch(stable: true).ShouldBe((70L, ErrorCode.None));
        _harness.CommitInTransaction(7, 71);
        _harness.EndTransaction(7, commit: false);
        _harness.Fetch(stable: true).ShouldBe((70L, ErrorCode.None));
        _harness.Runtime.Restart();
        _harness.Fetch(stable: true).ShouldBe((70L, ErrorCode.None));
    }

    [Fact]
    public void A_commit_after_that_of_a_transaction_wins_over_it()
    {
        _harness.CommitInTransaction(7, 70);
        _harness.Commit(80);
        _harness.EndTransaction(7, commit: true);
        _harness.Fetch().Offset.ShouldBe(80);
    }

    [Fact]
    public void A_transaction_of_a_former_generation_commits_nothing()
    {
        var member = _harness.FirstMember();
        _harness.CommitInTransaction(7, 70, member.MemberId, 1).ShouldBe(ErrorCode.None);
        _harness.CommitInTransaction(7, 71, member.MemberId, 0).ShouldBe(ErrorCode.IllegalGeneration);
        _harness.CommitInTransaction(7, 71, "zombie", 1).ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Fact]
    public void A_tombstone_forgets_pending_offsets_too()
    {
        _harness.CommitInTransaction(7, 70);
        _harness.DeleteOffset().ShouldBe(ErrorCode.None);
        _harness.EndTransaction(7, commit: true);
        _harness.Fetch(stable: true).ShouldBe((-1L, ErrorCode.None));
    }

    [Fact]
    public void Offsets_of_a_simple_consumer_expire_by_their_commit_and_the_group_with_the_last()
    {
        _harness.Commit(1);
        Days(4);
        _harness.Commit(1, topic: "other");
        Days(4);
        _harness.Fetch("topic").Offset.ShouldBe(-1);
        _harness.Fetch("other").Offset.ShouldBe(1);
        Days(4);
        _harness.Shard.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public void Offsets_of_a_group_with_members_expire_only_where_nobody_subscribes()
    {
        _harness.Options = _harness.Options with { OffsetsRetentionMs = 20_000, OffsetsRetentionCheckIntervalMs = 5_000 };
        _harness.Runtime.Restart();
        var member = _harness.FirstMember(topics: ["topic"]);
        _harness.Commit(1, member.MemberId, 1);
        _harness.Commit(1, member.MemberId, 1, topic: "other");
        for (var seconds = 0; seconds < 30; seconds += 5)
        {
            _harness.Runtime.Advance(5000, stepMs: 500);
            _harness.Heartbeat(member.MemberId, 1).ShouldBe(ErrorCode.None);
        }

        _harness.Fetch("topic").Offset.ShouldBe(1);
        _harness.Fetch("other").Offset.ShouldBe(-1);
    }

    [Fact]
    public void An_offset_with_an_expiry_of_its_own_goes_then()
    {
        _harness.Commit(1, retentionMs: 60_000, version: 4);
        _harness.Runtime.Records()[^1].ValueVersion.ShouldBe((short)1);
        _harness.Runtime.Advance(601_000, stepMs: 1000);
        _harness.Fetch().Offset.ShouldBe(-1);
    }

    [Fact]
    public void An_open_transaction_keeps_its_offsets_and_their_group()
    {
        _harness.Commit(1);
        _harness.CommitInTransaction(7, 70);
        Days(8);
        _harness.Fetch().Offset.ShouldBe(1);
        _harness.EndTransaction(7, commit: false);
        Days(1);
        _harness.Shard.Groups.All.ShouldBeEmpty();
    }

    [Fact]
    public void Offsets_of_a_deleted_topic_go_and_those_of_its_successor_stay()
    {
        var (first, second) = (new Uuid(1, 1), new Uuid(1, 2));
        _harness.Commit(1, topicId: first);
        _harness.Commit(1, topic: "again", topicId: second);
        _harness.Runtime.Write(shard => shard.OnTopicsDeleted([("topic", first), ("again", first)]));
        _harness.Fetch("topic").Offset.ShouldBe(-1);
        _harness.Fetch("again").Offset.ShouldBe(1);
        _harness.Fetch("again", topicId: first).Offset.ShouldBe(-1);
        _harness.Fetch("again", topicId: second).Offset.ShouldBe(1);
    }

    [Fact]
    public void Records_of_offsets_are_of_the_version_that_kafka_writes()
    {
        _harness.Commit(5, topicId: new Uuid(1, 1), metadata: "m");
        var record = _harness.Runtime.Records()[^1];
        record.ValueVersion.ShouldBe((short)4);
        var value = record.Value.ShouldBeOfType<OffsetCommitValue>();
        (value.Offset.Value, value.Metadata, value.TopicId).ShouldBe((5L, "m", new Uuid(1, 1)));
    }

    [Fact]
    public void A_commit_that_cannot_be_written_is_not_there()
    {
        _harness.Commit(1);
        _harness.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
        _harness.Commit(2).ShouldBe(ErrorCode.NotEnoughReplicas);
        _harness.Runtime.Log.AppendError = ErrorCode.None;
        _harness.Fetch().Offset.ShouldBe(1);
    }

    [Fact]
    public void Records_of_a_later_kafka_do_not_keep_the_rest_from_being_loaded()
    {
        _harness.Commit(1);
        using var builder = new Moldau.Records.RecordBatchBuilder();
        builder.Begin(new Moldau.Records.RecordBatchOptions { BaseOffset = _harness.Runtime.Log.EndOffset(_harness.Runtime.Partition) });
        builder.Append(0, [0x03, 0xE8, 1, 2, 3], [0, 0]);
        _harness.Runtime.Log.Put(_harness.Runtime.Partition, builder.BuildArray());
        _harness.Runtime.Restart();
        _harness.Fetch().Offset.ShouldBe(1);
    }

    private void Days(int days) => _harness.Runtime.Advance(days * DayMs, stepMs: 300_000);
}
