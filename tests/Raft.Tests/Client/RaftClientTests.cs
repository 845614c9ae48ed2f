using Moldau.Runtime;

namespace Moldau.Raft.Tests;

public sealed class RaftClientTests
{
    [Fact]
    public void The_only_voter_leads_at_once_and_is_told_after_its_first_record()
    {
        using var voter = new SingleVoter();

        RecordingListener listener = voter.Start();

        listener.Told.ShouldBe(["leader none of 1", "commit 0..0 of 1 control", "leader 1 of 1"]);
        voter.Client.HighWatermark.ShouldBe(1);
        QuorumStateFile.Read(voter.Disk, SingleVoter.Directory).ShouldBe(new ElectionState(1, 1, null));
    }

    [Fact]
    public void An_append_is_one_batch_and_commits_after_its_sync()
    {
        using var voter = new SingleVoter();
        RecordingListener listener = voter.Start();

        voter.Append("a", "b").ShouldBe(2);
        voter.Append("c").ShouldBe(3);

        listener.Told.Skip(3).ShouldBe(["commit 1..2 of 1", "commit 3..3 of 1"]);
        listener.Values.ShouldBe(["a", "b", "c"]);
        listener.LastTimestampMs.ShouldBe(voter.Time.NowMs);
    }

    [Fact]
    public void An_append_of_another_epoch_is_refused()
    {
        using var voter = new SingleVoter();
        voter.Start();

        Should.Throw<NotLeaderException>(() => voter.Client.ScheduleAppend(7, [new byte[1]]));
        Should.Throw<RecordBatchTooLargeException>(() => voter.Client.ScheduleAppend(1, [new byte[9 * 1024 * 1024]]));
    }

    [Fact]
    public void A_restart_hands_out_everything_again_and_leads_a_new_epoch()
    {
        using var voter = new SingleVoter();
        voter.Start();
        voter.Append("a");
        voter.Append("b");
        voter.Log.Crash();

        RecordingListener again = voter.Start();

        again.Values.ShouldBe(["a", "b"]);
        again.Leader.ShouldBe(new LeaderAndEpoch(1, 2));
        again.Told[^1].ShouldBe("leader 1 of 2");
    }

    [Fact]
    public void A_restart_begins_with_the_newest_snapshot()
    {
        using var voter = new SingleVoter();
        voter.Start();
        voter.Append("a");
        voter.Snapshot();
        voter.Append("b");

        RecordingListener again = voter.Start();

        again.Told.ShouldContain("snapshot 2-1");
        again.Values.ShouldBe(["a", "b"]);
        voter.Client.LatestSnapshotId.ShouldBe(new OffsetAndEpoch(2, 1));
    }

    [Fact]
    public void A_snapshot_frees_the_log_before_it_when_the_bound_is_reached()
    {
        using var voter = new SingleVoter { RetentionBytes = 1 };
        voter.Start();
        voter.Append("a");
        voter.Snapshot();
        voter.Append("b");
        voter.Snapshot();

        voter.Log.StartOffset.ShouldBe(3);
        voter.Files.List().ShouldBe([new OffsetAndEpoch(3, 1)]);
        voter.Start().Values.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void A_snapshot_that_cannot_be_is_refused()
    {
        using var voter = new SingleVoter();
        voter.Start();
        voter.Append("a", "b");

        Should.Throw<ArgumentException>(() => voter.Client.CreateSnapshot(new OffsetAndEpoch(4, 1), 0)).Message.ShouldContain("committed is 3");
        Should.Throw<ArgumentException>(() => voter.Client.CreateSnapshot(new OffsetAndEpoch(2, 1), 0)).Message.ShouldContain("within a batch");
        Should.Throw<ArgumentException>(() => voter.Client.CreateSnapshot(new OffsetAndEpoch(3, 2), 0)).Message.ShouldContain("wrong epoch");
    }

    [Fact]
    public void A_snapshot_that_is_not_frozen_leaves_nothing()
    {
        using var voter = new SingleVoter();
        voter.Start();

        voter.Client.CreateSnapshot(new OffsetAndEpoch(1, 1), 0)!.Dispose();

        voter.Disk.List(SingleVoter.Directory).Select(entry => entry.Name).ShouldBe(["quorum-state"]);
    }

    [Fact]
    public void A_dynamic_voter_writes_its_voter_set_into_the_log_once()
    {
        using var voter = new SingleVoter(isDynamic: true);
        using (var writer = new SnapshotWriter(voter.Files, voter.Time, OffsetAndEpoch.Bootstrap, 0, 1, voter.Voters))
        {
            writer.Append([new byte[] { 65 }]);
            writer.Freeze();
        }

        RecordingListener first = voter.Start();
        RecordingListener second = voter.Start();

        first.Told.ShouldBe(["leader none of 1", "snapshot 0-0", "commit 0..2 of 1 control", "leader 1 of 1"]);
        second.Told.ShouldContain("commit 3..3 of 2 control");
        voter.Client.KRaftVersion.ShouldBe((short)1);
        voter.Client.Voters.SameAs(voter.Voters).ShouldBeTrue();
        voter.Client.DescribeQuorum().Voters.ShouldHaveSingleItem().LogEndOffset.ShouldBe(4);
    }

    [Fact]
    public void A_shutdown_tells_listeners_and_refuses_what_follows()
    {
        using var voter = new SingleVoter();
        RecordingListener listener = voter.Start();

        Task stopped = voter.Client.ShutdownAsync();
        voter.Workers.RunAll();

        stopped.IsCompletedSuccessfully.ShouldBeTrue();
        listener.Told[^1].ShouldBe("shutdown");
        Should.Throw<NotLeaderException>(() => voter.Client.ScheduleAppend(1, [new byte[1]]));
    }

    [Fact]
    public void A_resigned_only_voter_leads_again_in_a_later_epoch()
    {
        using var voter = new SingleVoter();
        RecordingListener listener = voter.Start();

        voter.Client.Resign(1);
        voter.Workers.RunAll();
        listener.Leader.ShouldBe(new LeaderAndEpoch(null, 1));
        for (int i = 0; i < 3; i++)
        {
            voter.Time.Advance(2000);
            voter.Workers.RunAll();
        }

        listener.Leader.ShouldBe(new LeaderAndEpoch(1, 2));
        listener.Told.Count(line => line.StartsWith("commit", StringComparison.Ordinal)).ShouldBe(2);
    }
}
