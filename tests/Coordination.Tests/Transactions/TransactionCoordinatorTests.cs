using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Coordination.Tests;

/// <summary>What the coordinator answers, request by request, and the edge cases that other systems got wrong.</summary>
public sealed class TransactionCoordinatorTests : IDisposable
{
    private const string Id = "id";
    private static readonly TopicPartition Zero = new(TransactionRig.Topic, 0);
    private static readonly TopicPartition One = new(TransactionRig.Topic, 1);

    private readonly TransactionRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_new_id_gets_a_producer_id_and_each_initialization_a_later_epoch()
    {
        Initialize().ShouldBe(new(ErrorCode.None, 0, 0));
        Initialize().ShouldBe(new(ErrorCode.None, 0, 1));
        Initialize("other").ShouldBe(new(ErrorCode.None, 1, 0));
        _rig.Last(Id)!.State.ShouldBe(TransactionState.Empty);
    }

    [Fact]
    public void A_timeout_that_is_not_allowed_is_refused()
    {
        Error(Initialize(timeoutMs: 0)).ShouldBe(ErrorCode.InvalidTransactionTimeout);
        Error(Initialize(timeoutMs: 900_001)).ShouldBe(ErrorCode.InvalidTransactionTimeout);
        Error(Initialize("")).ShouldBe(ErrorCode.InvalidRequest);
    }

    [Fact]
    public void An_initialization_whose_answer_was_lost_gets_the_same_epoch_again_and_an_older_one_is_fenced()
    {
        var first = Initialize();
        var second = Initialize(expected: new(first.ProducerId, first.ProducerEpoch));
        second.ProducerEpoch.ShouldBe((short)1);
        Initialize(expected: new(first.ProducerId, first.ProducerEpoch)).ShouldBe(second);
        Initialize();
        Error(Initialize(expected: new(first.ProducerId, first.ProducerEpoch))).ShouldBe(ErrorCode.ProducerFenced);
        Error(Initialize(expected: new(77, 0))).ShouldBe(ErrorCode.ProducerFenced);
    }

    [Fact]
    public void Version_2_commits_raise_the_epoch_and_a_retry_gets_the_answer_that_was_lost()
    {
        Initialize();
        Add(0).ShouldBe(ErrorCode.None);
        End(0, commit: true).ShouldBe(new(ErrorCode.None, 0, 1));
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteCommit);
        End(0, commit: true).ShouldBe(new(ErrorCode.None, 0, 1));
        Error(End(0, commit: false)).ShouldBe(ErrorCode.InvalidTxnState);
        _rig.Harness.Records().Count.ShouldBe(4, "retries write nothing");
    }

    [Fact]
    public void Version_2_a_late_end_does_not_touch_the_next_transaction()
    {
        Initialize();
        Add(0);
        End(0, commit: true);
        Add(1, One).ShouldBe(ErrorCode.None);
        Error(End(0, commit: true)).ShouldBe(ErrorCode.ProducerFenced);
        Error(End(0, commit: false)).ShouldBe(ErrorCode.ProducerFenced);
        Add(0).ShouldBe(ErrorCode.ProducerFenced);
        _rig.Last(Id)!.State.ShouldBe(TransactionState.Ongoing);
    }

    [Fact]
    public void Version_1_a_late_end_finishes_the_next_transaction_as_in_Kafka()
    {
        Initialize();
        Add(0, version: 0);
        End(0, commit: true, version: 0);
        Add(0, One, version: 0);
        End(0, commit: true, version: 0).Error.ShouldBe(ErrorCode.None);
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteCommit);
        _rig.Harness.Records().Count.ShouldBe(7);
    }

    [Fact]
    public void Version_2_an_abort_without_partitions_is_written_and_a_commit_refused()
    {
        Initialize();
        Error(End(0, commit: true)).ShouldBe(ErrorCode.InvalidTxnState);
        End(0, commit: false).ShouldBe(new(ErrorCode.None, 0, 1));
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteAbort);
        End(1, commit: false).ShouldBe(new(ErrorCode.None, 0, 2));
    }

    [Fact]
    public void While_markers_are_on_their_way_everything_is_asked_to_come_again()
    {
        _rig.DeliversAtOnce = false;
        Initialize();
        Add(0);
        End(0, commit: true).Error.ShouldBe(ErrorCode.None);
        _rig.Last(Id)!.State.ShouldBe(TransactionState.PrepareCommit);
        Add(1).ShouldBe(ErrorCode.ConcurrentTransactions);
        Error(Initialize()).ShouldBe(ErrorCode.ConcurrentTransactions);
        Error(End(0, commit: true)).ShouldBe(ErrorCode.ConcurrentTransactions);
        Verify(1)[Zero].ShouldBe(ErrorCode.ConcurrentTransactions);
        _rig.Network.ForEach(_rig.Deliver);
        _rig.Run();
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteCommit);
        Add(1).ShouldBe(ErrorCode.None);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void An_initialization_while_ongoing_aborts_and_raises_the_epoch_without_leak(short version, short next)
    {
        // KAFKA-19367: under version 2 the fence and the abort are one bump, not two.
        _rig.TransactionVersion = version;
        Initialize();
        Add(0);
        Error(Initialize()).ShouldBe(ErrorCode.ConcurrentTransactions);
        var aborted = _rig.Last(Id)!;
        (aborted.State, aborted.ProducerEpoch).ShouldBe((TransactionState.CompleteAbort, (short)1));
        Initialize().ProducerEpoch.ShouldBe(next);
        Error(End(0, commit: true, version: version >= 2 ? (short)2 : (short)0)).ShouldBe(ErrorCode.ProducerFenced);
    }

    [Fact]
    public void A_failed_fence_leaves_the_epoch_as_it_was()
    {
        Initialize();
        Add(0);
        _rig.Harness.Log.AppendError = ErrorCode.NotEnoughReplicas;
        Error(Initialize()).ShouldBe(ErrorCode.CoordinatorNotAvailable);
        _rig.Harness.Log.AppendError = ErrorCode.None;
        Error(Initialize()).ShouldBe(ErrorCode.ConcurrentTransactions);
        _rig.Last(Id)!.ProducerEpoch.ShouldBe((short)1);
        Initialize().ProducerEpoch.ShouldBe((short)2);
    }

    [Fact]
    public void A_transaction_that_times_out_is_aborted_and_its_commit_refused()
    {
        Initialize(timeoutMs: 2000);
        Add(0);
        _rig.Advance(2000 + (2 * TransactionRig.AbortIntervalMs));
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteAbort);
        Error(End(0, commit: true)).ShouldBe(ErrorCode.InvalidTxnState, "the epoch before the present one was of the transaction that the time-out aborted");
        Add(0).ShouldBe(ErrorCode.ProducerFenced);
        Initialize(expected: new(0, 0)).ShouldBe(new(ErrorCode.None, 0, 1), "the producer itself may go on, under the epoch after the abort");
    }

    [Fact]
    public void Used_up_epochs_bring_a_new_producer_id_with_the_commit_and_its_retry_is_known()
    {
        Exhaust();
        End(short.MaxValue - 1, commit: true).ShouldBe(new(ErrorCode.None, 1, 0));
        _rig.Last(Id)!.PreviousProducerId.Value.ShouldBe(0);
        End(short.MaxValue - 1, commit: true).ShouldBe(new(ErrorCode.None, 1, 0));
        _rig.Result(_rig.Coordinator.AddPartitionsAsync(Id, 1, 0, [Zero], 2)).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public void Used_up_epochs_bring_a_new_producer_id_with_the_next_initialization()
    {
        Exhaust();
        Error(Initialize()).ShouldBe(ErrorCode.ConcurrentTransactions);
        _rig.Last(Id)!.PreviousProducerId.Value.ShouldBe(0);
        _rig.Last(Id)!.ProducerId.Value.ShouldBe(1, "the abort that fences brings the new id already");
        Initialize().ShouldBe(new(ErrorCode.None, 1, 1));
    }

    [Fact]
    public void Used_up_epochs_bring_a_new_producer_id_with_a_time_out()
    {
        Exhaust();
        _rig.ProducerIds.Error = ErrorCode.CoordinatorLoadInProgress;
        _rig.Advance(60_000 + (2 * TransactionRig.AbortIntervalMs));
        _rig.Last(Id)!.State.ShouldBe(TransactionState.Ongoing, "it waits for an id");
        _rig.ProducerIds.Error = ErrorCode.None;
        _rig.Advance(3 * TransactionRig.AbortIntervalMs);
        var last = _rig.Last(Id)!;
        last.State.ShouldBe(TransactionState.CompleteAbort);
        (last.ProducerId.Value, last.ProducerEpoch, last.PreviousProducerId.Value).ShouldBe((1L, (short)0, 0L));
        Add(short.MaxValue - 1).ShouldBe(ErrorCode.InvalidProducerIdMapping);
    }

    [Fact]
    public void Partitions_of_a_decision_are_described_until_they_have_their_markers()
    {
        var one = new TopicPartition(TransactionRig.Topic, 1);
        _rig.DeliversAtOnce = false;
        Initialize();
        _rig.Result(_rig.Coordinator.AddPartitionsAsync(Id, 0, 0, [Zero, one], 2)).ShouldBe(ErrorCode.None);
        End(0, commit: true);
        Described().ShouldBe([0, 1]);
        _rig.Append(one, _rig.Network[0].Marker).ShouldBe(ErrorCode.None);
        _rig.Network[0].Reply(new Dictionary<TopicPartition, ErrorCode> { [Zero] = ErrorCode.NotLeaderOrFollower, [one] = ErrorCode.None });
        _rig.Run();
        Described().ShouldBe([0]);

        int[] Described() =>
            [.. _rig.Result(_rig.Coordinator.DescribeAsync(Id)).Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.Value).Order()];
    }

    [Fact]
    public void Without_a_fresh_producer_id_the_client_is_told_why()
    {
        _rig.ProducerIds.Error = ErrorCode.CoordinatorLoadInProgress;
        Error(Initialize()).ShouldBe(ErrorCode.CoordinatorLoadInProgress);
        _rig.Harness.Records().ShouldBeEmpty();
    }

    [Fact]
    public void A_prepared_transaction_is_completed_by_the_next_coordinator_under_its_epoch()
    {
        _rig.DeliversAtOnce = false;
        Initialize();
        Add(0);
        End(0, commit: true);
        _rig.Crash();
        _rig.Network.Count.ShouldBe(2);
        _rig.Network[1].Marker.CoordinatorEpoch.ShouldBe(2);
        _rig.Deliver(_rig.Network[1]);
        _rig.Run();
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteCommit);
        _rig.Append(Zero, _rig.Network[0].Marker).ShouldBe(ErrorCode.TransactionCoordinatorFenced, "a marker of the coordinator before");
    }

    [Fact]
    public void Markers_of_a_deleted_partition_are_not_waited_for()
    {
        Initialize();
        _rig.Result(_rig.Coordinator.AddPartitionsAsync(Id, 0, 0, [Zero, new TopicPartition("gone", 0)], 2)).ShouldBe(ErrorCode.None);
        End(0, commit: true);
        _rig.Last(Id)!.State.ShouldBe(TransactionState.CompleteCommit);
    }

    [Fact]
    public void Ids_that_nobody_uses_are_forgotten_but_not_open_transactions()
    {
        Initialize();
        Initialize("open", timeoutMs: 900_000);
        _rig.Result(_rig.Coordinator.AddPartitionsAsync("open", 1, 0, [Zero], 2)).ShouldBe(ErrorCode.None);
        _rig.Harness.Time.Advance(TimeSpan.FromMilliseconds(3_600_000));
        _rig.Run();
        _rig.Advance(70_000);
        Error(End(0, commit: true)).ShouldBe(ErrorCode.InvalidProducerIdMapping);
        _rig.Harness.Records().Count(record => record.Value is null).ShouldBe(1);
        _rig.Result(_rig.Coordinator.DescribeAsync(Id)).ErrorCode.ShouldBe(ErrorCode.TransactionalIdNotFound);
        _rig.Result(_rig.Coordinator.DescribeAsync("open")).TransactionState.ShouldNotBeEmpty();
    }

    [Fact]
    public void What_is_not_committed_yet_is_not_shown_nor_verified()
    {
        Initialize();
        _rig.Harness.Log.HoldsHighWatermark = true;
        var add = _rig.Begin(_rig.Coordinator.AddPartitionsAsync(Id, 0, 0, [Zero], 0));
        add.IsCompleted.ShouldBeFalse();
        Verify(0)[Zero].ShouldBe(ErrorCode.TransactionAbortable);
        _rig.Result(_rig.Coordinator.DescribeAsync(Id)).TransactionState.ShouldBe("Empty");
        _rig.Harness.Log.HoldsHighWatermark = false;
        _rig.Harness.Log.Commit(_rig.Harness.Partition);
        _rig.Run();
        RuntimeHarness<TransactionShard>.Result(add).ShouldBe(ErrorCode.None);
        Verify(0)[Zero].ShouldBe(ErrorCode.None);
        Verify(1)[Zero].ShouldBe(ErrorCode.ProducerFenced);
    }

    [Fact]
    public void Lists_are_filtered_by_state_producer_duration_and_pattern()
    {
        Initialize();
        Initialize("other");
        Add(0);
        _rig.Advance(500);
        List(new()).ShouldBe(["id", "other"]);
        List(new() { StateFilters = ["Ongoing", "Odd"] }).ShouldBe(["id"]);
        List(new() { StateFilters = ["Odd"] }).ShouldBeEmpty();
        List(new() { ProducerIdFilters = [1] }).ShouldBe(["other"]);
        List(new() { DurationFilter = 400, StateFilters = ["Ongoing"] }).ShouldBe(["id"]);
        List(new() { DurationFilter = 600, StateFilters = ["Ongoing"] }).ShouldBeEmpty();
        List(new() { TransactionalIdPattern = "o.*" }).ShouldBe(["other"]);
        _rig.Result(_rig.Coordinator.ListAsync(new() { TransactionalIdPattern = "(" })).ErrorCode.ShouldBe(ErrorCode.InvalidRegularExpression);
    }

    [Fact]
    public void A_batch_that_was_not_verified_and_one_outside_of_the_transaction_are_refused()
    {
        var producer = new ProducerIdAndEpoch(0, 0);
        _rig.Append(Zero, producer, 0, "a", VerificationGuard.None).Error.ShouldBe(ErrorCode.InvalidTxnState);
        var guard = _rig.Logs[Zero].BeginVerification(0, 0, 0, supportsEpochBump: true);
        _rig.Append(Zero, producer, 1, "a", guard).Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber, "the first sequence under version 2 is 0");
        _rig.Append(Zero, producer, 0, "a", guard).Error.ShouldBe(ErrorCode.None);
        _rig.Append(Zero, producer, 1, "b", VerificationGuard.None, isTransactional: false).Error.ShouldBe(ErrorCode.InvalidTxnState);
        _rig.Append(Zero, new(0, 0, -1, IsCommit: false, 0)).ShouldBe(ErrorCode.None, "an administrator ends what hangs, with coordinator epoch -1");
        _rig.Append(Zero, producer, 1, "b", guard).Error.ShouldBe(ErrorCode.InvalidTxnState, "the guard ended with the transaction");
    }

    private static ErrorCode Error(InitProducerIdResult result) => result.Error;

    private static ErrorCode Error(EndTransactionResult result) => result.Error;

    private InitProducerIdResult Initialize(string id = Id, int timeoutMs = 60_000, ProducerIdAndEpoch? expected = null) =>
        _rig.Result(_rig.Coordinator.InitProducerIdAsync(id, timeoutMs, expected));

    private ErrorCode Add(short epoch, TopicPartition? partition = null, short version = 2) =>
        _rig.Result(_rig.Coordinator.AddPartitionsAsync(Id, 0, epoch, [partition ?? Zero], version));

    private EndTransactionResult End(short epoch, bool commit, short version = 2) => _rig.Result(_rig.Coordinator.EndAsync(Id, 0, epoch, commit, version));

    private IReadOnlyDictionary<TopicPartition, ErrorCode> Verify(short epoch) => _rig.Result(_rig.Coordinator.VerifyAsync(Id, 0, epoch, [Zero]));

    private List<string> List(Protocol.Api.ListTransactionsRequest request) =>
        [.. _rig.Result(_rig.Coordinator.ListAsync(request)).TransactionStates.Select(state => state.TransactionalId.Value).Order(StringComparer.Ordinal)];

    /// <summary>Leaves a transaction open in the last epoch that a producer is given.</summary>
    private void Exhaust()
    {
        Initialize();
        var old = _rig.Last(Id)! with { ProducerEpoch = short.MaxValue - 1 };
        _rig.Harness.Write(_ => new CoordinatorResult<bool>([TransactionLog.Record(old, 2)], true));
        _rig.Run();
        Add(short.MaxValue - 1).ShouldBe(ErrorCode.None);
    }
}
