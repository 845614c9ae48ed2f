using Moldau.Protocol;

namespace Moldau.Client.Tests;

/// <summary>Sequences and epochs of the idempotent producer.</summary>
public class IdempotentStateTests
{
    private readonly BatchFactory _factory = new(new AccumulatorSettings { BatchSizeBytes = 10_000 });
    private long _order;

    [Fact]
    public void Nothing_goes_out_before_there_is_a_producer_id()
    {
        var state = new IdempotentState(isTransactional: false);
        ProducerBatch batch = _factory.Take();
        state.MaySend(_factory.Queue, batch).ShouldBeFalse();
        state.Begin(new ProducerIdentity(9, 0));
        state.MaySend(_factory.Queue, batch).ShouldBeTrue();
    }

    [Fact]
    public void Sequences_go_on_from_batch_to_batch_and_wrap_at_the_end()
    {
        IdempotentState state = Known();
        Send(state, 3).BaseSequence.ShouldBe(0);
        Send(state, 2).BaseSequence.ShouldBe(3);
        _factory.Queue.Sequences.Next.ShouldBe(5);

        PartitionSequences sequences = _factory.Queue.Sequences;
        ProducerBatch huge = _factory.Take(10);
        huge.Order = ++_order;
        typeof(PartitionSequences).GetProperty(nameof(PartitionSequences.Next))!.SetValue(sequences, int.MaxValue - 3);
        state.Prepare(_factory.Queue, huge);
        huge.BaseSequence.ShouldBe(int.MaxValue - 3);
        huge.LastSequence.ShouldBe(5);
        sequences.Next.ShouldBe(6);
        IdempotentState.Succeeded(huge, 100);
        sequences.IsNext(6).ShouldBeTrue();
    }

    [Fact]
    public void A_batch_that_comes_again_keeps_its_sequence_and_goes_only_when_it_is_the_first()
    {
        IdempotentState state = Known();
        ProducerBatch first = Send(state, 1);
        ProducerBatch second = Send(state, 1);
        state.MaySend(_factory.Queue, second).ShouldBeFalse();
        state.MaySend(_factory.Queue, first).ShouldBeTrue();
        state.Prepare(_factory.Queue, first);
        first.BaseSequence.ShouldBe(0);
        IdempotentState.Succeeded(first, 0);
        state.MaySend(_factory.Queue, second).ShouldBeTrue();
    }

    [Fact]
    public void One_batch_is_on_its_way_until_the_broker_knows_the_producer_as_it_would_take_any_sequence_for_the_first()
    {
        IdempotentState state = Begun();
        ProducerBatch first = Send(state, 1);
        ProducerBatch second = _factory.Take();
        state.MaySend(_factory.Queue, second).ShouldBeFalse();
        state.IsRetriable(first, ErrorCode.NotLeaderOrFollower, -1).ShouldBeTrue();
        state.MaySend(_factory.Queue, second).ShouldBeFalse();
        IdempotentState.Succeeded(first, 0);
        state.MaySend(_factory.Queue, second).ShouldBeTrue();

        state.Begin(new ProducerIdentity(2, 0));
        state.Prepare(_factory.Queue, second);
        state.MaySend(_factory.Queue, _factory.Take()).ShouldBeFalse();
    }

    [Fact]
    public void Out_of_order_is_tried_again_while_one_before_it_is_open_and_bumps_the_epoch_when_none_is()
    {
        IdempotentState state = Known();
        ProducerBatch first = Send(state, 1);
        ProducerBatch second = Send(state, 1);
        state.IsRetriable(second, ErrorCode.OutOfOrderSequenceNumber, 0).ShouldBeTrue();
        state.NeedsEpochBump.ShouldBeFalse();

        state.IsRetriable(first, ErrorCode.OutOfOrderSequenceNumber, 0).ShouldBeTrue();
        state.NeedsEpochBump.ShouldBeTrue();
        state.Settle(out _).ShouldBeTrue();
        state.Identity.ShouldBe(new ProducerIdentity(1, 1));
        (first.BaseSequence, first.ProducerEpoch).ShouldBe((0, (short)1));
        (second.BaseSequence, second.ProducerEpoch).ShouldBe((1, (short)1));
        second.SequenceHasBeenReset.ShouldBeTrue();
    }

    [Fact]
    public void No_new_batch_goes_out_while_one_is_sent_again_and_one_that_others_have_passed_is_written()
    {
        IdempotentState state = Known();
        ProducerBatch first = Send(state, 1);
        ProducerBatch second = Send(state, 1);
        first.Attempts = 2;
        state.MaySend(_factory.Queue, _factory.Take()).ShouldBeFalse();
        IdempotentState.IsWritten(first, ErrorCode.OutOfOrderSequenceNumber).ShouldBeFalse();
        IdempotentState.Succeeded(second, 1);
        IdempotentState.IsWritten(first, ErrorCode.OutOfOrderSequenceNumber).ShouldBeTrue();
        IdempotentState.IsWritten(first, ErrorCode.NotLeaderOrFollower).ShouldBeFalse();
    }

    [Fact]
    public void A_batch_given_up_on_the_way_holds_back_new_ones_until_those_behind_it_show_that_it_arrived()
    {
        IdempotentState state = Known();
        ProducerBatch lost = Send(state, 2);
        ProducerBatch behind = Send(state, 1);
        state.Expired(lost);
        ProducerBatch fresh = _factory.Take();
        state.MaySend(_factory.Queue, fresh).ShouldBeFalse();
        state.Settle(out _);
        state.NeedsEpochBump.ShouldBeFalse();

        IdempotentState.Succeeded(behind, 2);
        state.Settle(out _);
        state.Identity.Epoch.ShouldBe((short)0);
        state.MaySend(_factory.Queue, fresh).ShouldBeTrue();
    }

    [Fact]
    public void When_all_that_was_on_the_way_is_given_up_the_epoch_rises_and_sequences_begin_again()
    {
        IdempotentState state = Begun();
        ProducerBatch lost = Send(state, 2);
        state.Expired(lost);
        state.Settle(out _);
        state.Identity.Epoch.ShouldBe((short)1);
        Send(state, 1).BaseSequence.ShouldBe(0);
    }

    [Fact]
    public void In_a_transaction_doubt_is_told_and_the_epoch_left_to_the_coordinator()
    {
        IdempotentState state = Begun(isTransactional: true);
        state.Expired(Send(state, 2));
        state.Settle(out bool isInDoubt);
        isInDoubt.ShouldBeTrue();
        state.NeedsEpochBump.ShouldBeTrue();
        state.Identity.Epoch.ShouldBe((short)0);
    }

    [Fact]
    public void In_a_transaction_those_behind_a_refused_batch_close_the_gap()
    {
        IdempotentState state = Known(isTransactional: true);
        ProducerBatch refused = Send(state, 3);
        ProducerBatch behind = Send(state, 2);
        state.Failed(refused, ErrorCode.MessageTooLarge, isSurelyNotWritten: true);
        behind.BaseSequence.ShouldBe(0);
        _factory.Queue.Sequences.Next.ShouldBe(2);
    }

    [Fact]
    public void A_producer_that_the_broker_has_forgotten_begins_again_under_a_new_epoch()
    {
        IdempotentState state = Begun();
        IdempotentState.Succeeded(Send(state, 1), 10);
        ProducerBatch batch = Send(state, 1);
        state.IsRetriable(batch, ErrorCode.UnknownProducerId, logStartOffset: -1).ShouldBeTrue();
        state.NeedsEpochBump.ShouldBeFalse();
        state.IsRetriable(batch, ErrorCode.UnknownProducerId, logStartOffset: 50).ShouldBeTrue();
        state.Settle(out _);
        (batch.ProducerEpoch, batch.BaseSequence).ShouldBe(((short)1, 0));
    }

    [Fact]
    public void A_new_epoch_waits_until_nothing_of_the_old_one_is_on_its_way()
    {
        IdempotentState state = Begun();
        ProducerBatch old = Send(state, 1);
        state.Begin(new ProducerIdentity(1, 1));
        ProducerBatch fresh = _factory.Take();
        state.MaySend(_factory.Queue, fresh).ShouldBeFalse();
        IdempotentState.Succeeded(old, 0);
        state.MaySend(_factory.Queue, fresh).ShouldBeTrue();
        state.Prepare(_factory.Queue, fresh);
        (fresh.ProducerEpoch, fresh.BaseSequence).ShouldBe(((short)1, 0));
    }

    [Fact]
    public void After_the_last_epoch_a_new_id_is_needed()
    {
        var state = new IdempotentState(isTransactional: false);
        state.Begin(new ProducerIdentity(1, short.MaxValue));
        ProducerBatch batch = Send(state, 1);
        state.IsRetriable(batch, ErrorCode.OutOfOrderSequenceNumber, 0).ShouldBeTrue();
        state.Settle(out _).ShouldBeFalse();
        state.MaySend(_factory.Queue, batch).ShouldBeFalse();
        state.Begin(new ProducerIdentity(2, 0));
        (batch.ProducerId, batch.ProducerEpoch, batch.BaseSequence).ShouldBe((2L, (short)0, 0));
    }

    private static IdempotentState Begun(bool isTransactional = false)
    {
        var state = new IdempotentState(isTransactional);
        state.Begin(new ProducerIdentity(1, 0));
        return state;
    }

    /// <summary>A broker has taken a batch of the producer before, and sequences begin at 0 once more.</summary>
    private IdempotentState Known(bool isTransactional = false)
    {
        IdempotentState state = Begun(isTransactional);
        IdempotentState.Succeeded(Send(state, 1), 0);
        _factory.Queue.Sequences.Begin(state.Identity);
        return state;
    }

    private ProducerBatch Send(IdempotentState state, int records)
    {
        ProducerBatch batch = _factory.Take(records);
        batch.Order = ++_order;
        state.MaySend(_factory.Queue, batch).ShouldBeTrue();
        state.Prepare(_factory.Queue, batch);
        return batch;
    }
}
