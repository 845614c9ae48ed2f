using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

/// <summary>The runtime over a log in memory: what is answered when, and what is taken back.</summary>
public sealed class CoordinatorRuntimeTests : IDisposable
{
    private readonly RuntimeHarness<NoteShard> _harness = Harness();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void Before_its_load_a_shard_refuses_and_after_it_answers()
    {
        RuntimeHarness<NoteShard>.ErrorOf(_harness.BeginWrite(_ => new CoordinatorResult<int>([], 1))).ShouldBe(ErrorCode.NotCoordinator);
        _harness.Runtime.ScheduleLoad(0, 1);
        var early = _harness.Runtime.ScheduleWrite("early", 0, 1000, _ => new CoordinatorResult<int>([], 1));
        _harness.Run();
        RuntimeHarness<NoteShard>.ErrorOf(early).ShouldBe(ErrorCode.CoordinatorLoadInProgress);
        Write(1, 5).ShouldBe(1);
        _harness.Shard.Events.ShouldBe(["loaded"]);
    }

    [Fact]
    public void A_write_is_answered_when_it_is_committed_and_read_only_then()
    {
        _harness.Load();
        _harness.Log.HoldsHighWatermark = true;
        var write = Begin(1, 5);
        write.IsCompleted.ShouldBeFalse();
        _harness.Shard.Notes[1].ShouldBe(5);
        Committed(1).ShouldBeNull();
        _harness.Log.Commit(_harness.Partition);
        _harness.Run();
        write.IsCompletedSuccessfully.ShouldBeTrue();
        Committed(1).ShouldBe(5);
    }

    [Fact]
    public void Each_shard_tells_what_it_has_written()
    {
        _harness.Load();
        Write(1, 5);
        Write(2, 5);
        var shard = _harness.Runtime.Shards.ShouldHaveSingleItem();
        (shard.Partition, shard.State, shard.Epoch, shard.Records, shard.Queued).ShouldBe((_harness.Partition, CoordinatorState.Active, 1, 2L, 0));
        shard.SizeBytes.ShouldBe(_harness.Runtime.Metrics.BytesFlushed);
        shard.LoadMs.ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void An_append_that_fails_takes_the_state_back_and_fails_all_in_its_batch()
    {
        _harness.Load();
        Write(1, 5);
        _harness.Log.AppendError = ErrorCode.NotEnoughReplicas;
        var first = _harness.Runtime.ScheduleWrite("first", 0, 1000, _ => new CoordinatorResult<int>([NoteShard.Note(1, 6)], 1));
        var second = _harness.Runtime.ScheduleWrite("second", 0, 1000, shard =>
        {
            shard.Notes[1].ShouldBe(6, "the second operation sees what the first decided");
            return new CoordinatorResult<int>([NoteShard.Note(2, 7)], 2);
        });
        _harness.Run();
        RuntimeHarness<NoteShard>.ErrorOf(first).ShouldBe(ErrorCode.NotEnoughReplicas);
        RuntimeHarness<NoteShard>.ErrorOf(second).ShouldBe(ErrorCode.NotEnoughReplicas);
        _harness.Shard.Notes[1].ShouldBe(5);
        _harness.Shard.Notes.ContainsKey(2).ShouldBeFalse();
        _harness.Log.AppendError = ErrorCode.None;
        Write(3, 1).ShouldBe(3);
    }

    [Fact]
    public void Operations_that_wait_together_are_written_in_one_batch()
    {
        _harness.Load();
        var writes = Enumerable.Range(0, 10).Select(key => _harness.Runtime.ScheduleWrite("w", 0, 1000, _ => new CoordinatorResult<int>([NoteShard.Note(key, key)], key))).ToList();
        _harness.Run();
        writes.ShouldAllBe(write => write.IsCompletedSuccessfully);
        _harness.Log.Batches(_harness.Partition).Count.ShouldBe(1);
        _harness.Runtime.Metrics.BatchesFlushed.ShouldBe(1);
        _harness.Runtime.Metrics.RecordsFlushed.ShouldBe(10);
    }

    [Fact]
    public void With_a_linger_records_are_gathered_for_so_long()
    {
        using var harness = Harness(lingerMs: 20);
        harness.Load();
        var write = harness.BeginWrite(_ => new CoordinatorResult<int>([NoteShard.Note(1, 1)], 1));
        harness.Log.Batches(harness.Partition).ShouldBeEmpty();
        harness.Advance(40);
        RuntimeHarness<NoteShard>.Result(write).ShouldBe(1);
        harness.Log.Batches(harness.Partition).Count.ShouldBe(1);
    }

    [Fact]
    public void A_write_that_is_not_committed_in_time_is_answered_so_and_stays()
    {
        _harness.Load();
        _harness.Log.HoldsHighWatermark = true;
        var write = Begin(1, 5);
        _harness.Advance(5100);
        RuntimeHarness<NoteShard>.ErrorOf(write).ShouldBe(ErrorCode.RequestTimedOut);
        _harness.Log.Commit(_harness.Partition);
        _harness.Run();
        Committed(1).ShouldBe(5);
    }

    [Fact]
    public void Records_that_fit_no_batch_are_refused_and_change_nothing()
    {
        _harness.Load();
        _harness.Log.BatchBytesMax = 200;
        var many = _harness.BeginWrite(_ => new CoordinatorResult<int>([.. Enumerable.Range(0, 20).Select(key => NoteShard.Note(key, 1))], 1));
        RuntimeHarness<NoteShard>.ErrorOf(many).ShouldBe(ErrorCode.MessageTooLarge);
        _harness.Shard.Notes.Count.ShouldBe(0);
        var spread = _harness.BeginWrite(_ => new CoordinatorResult<int>([.. Enumerable.Range(0, 20).Select(key => NoteShard.Note(key, 1))], 1, IsAtomic: false));
        RuntimeHarness<NoteShard>.Result(spread).ShouldBe(1);
        _harness.Log.Batches(_harness.Partition).Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_record_that_cannot_be_replayed_fails_its_batch_only()
    {
        _harness.Load();
        Write(1, 5);
        var bad = _harness.BeginWrite(_ => new CoordinatorResult<int>([NoteShard.Note(1, 6), NoteShard.Note(666, 1)], 1));
        bad.IsFaulted.ShouldBeTrue();
        bad.Exception!.InnerException.ShouldBeOfType<InvalidOperationException>();
        _harness.Shard.Notes[1].ShouldBe(5);
        Write(2, 7).ShouldBe(2);
    }

    [Fact]
    public void Unloading_answers_all_that_wait_and_an_older_epoch_changes_nothing()
    {
        _harness.Load(epoch: 5);
        _harness.Log.HoldsHighWatermark = true;
        var write = Begin(1, 5);
        _harness.Unload(epoch: 4);
        write.IsCompleted.ShouldBeFalse();
        _harness.Unload(epoch: 6);
        RuntimeHarness<NoteShard>.ErrorOf(write).ShouldBe(ErrorCode.NotCoordinator);
        _harness.Shard.Events.ShouldBe(["loaded", "unloaded"]);
        _harness.Runtime.StateOf(0).ShouldBe(CoordinatorState.Closed);
    }

    [Fact]
    public void A_reload_gives_the_state_that_replay_gave()
    {
        _harness.Load();
        Write(1, 5);
        Write(2, 6);
        Write(1, null);
        _harness.Restart();
        _harness.Shard.Notes.At(long.MaxValue).Select(note => (note.Key, note.Value)).ShouldBe([(2, 6L)]);
        Write(3, 1).ShouldBe(3);
    }

    [Fact]
    public void A_log_that_is_compacted_while_it_is_loaded_loads_to_its_end()
    {
        _harness.Load();
        for (var key = 0; key < 10; key++)
        {
            Write(key, key);
        }

        _harness.Log.BatchesPerRead = 1;
        _harness.Log.BeforeRead = (partition, offset) =>
        {
            if (offset == 3)
            {
                _harness.Log.Remove(partition, batch => new Moldau.Records.RecordBatchHeader(batch).BaseOffset is 3 or 4 or 9);
            }
        };
        _harness.Restart();
        _harness.Shard.Notes.Count.ShouldBe(7);
        Write(20, 1).ShouldBe(20);
        Committed(20).ShouldBe(1);
    }

    [Fact]
    public void A_load_that_fails_is_tried_again_in_the_next_epoch()
    {
        _harness.Log.ReadError = ErrorCode.KafkaStorageError;
        _harness.Load();
        _harness.Runtime.StateOf(0).ShouldBe(CoordinatorState.Failed);
        RuntimeHarness<NoteShard>.ErrorOf(Begin(1, 1)).ShouldBe(ErrorCode.NotCoordinator);
        _harness.Log.ReadError = ErrorCode.None;
        _harness.Load(epoch: 2);
        Write(1, 1).ShouldBe(1);
    }

    [Fact]
    public void Transactional_records_count_when_their_marker_has_come()
    {
        _harness.Load();
        var write = _harness.Runtime.ScheduleTransactionalWrite("txn", 0, "tx", 7, 0, 5, 1000, _ => new CoordinatorResult<int>([NoteShard.Note(7, 70)], 1));
        _harness.Run();
        RuntimeHarness<NoteShard>.Result(write);
        Committed(7).ShouldBeNull();
        var end = _harness.Runtime.ScheduleTransactionCompletion("end", 0, 7, 0, 1, commit: true, 2, 1000);
        _harness.Run();
        end.IsCompletedSuccessfully.ShouldBeTrue();
        Committed(7).ShouldBe(70);
        _harness.Restart();
        Committed(7).ShouldBe(70);
    }

    [Fact]
    public void A_transaction_that_is_not_open_is_refused_before_the_shard_is_asked()
    {
        _harness.Load();
        _harness.Log.VerificationError = ErrorCode.InvalidTxnState;
        var write = _harness.Runtime.ScheduleTransactionalWrite<int>("txn", 0, "tx", 7, 0, 5, 1000, _ => throw new InvalidOperationException("it was asked"));
        _harness.Run();
        RuntimeHarness<NoteShard>.ErrorOf(write).ShouldBe(ErrorCode.InvalidTxnState);
    }

    [Fact]
    public void A_timer_runs_its_operation_when_its_time_has_come_unless_it_was_cancelled()
    {
        _harness.Load();
        _harness.Write(shard =>
        {
            shard.Context.Timer.Schedule("a", 100, retry: false, () => new CoordinatorResult<bool>([NoteShard.Note(1, 1)], true));
            shard.Context.Timer.Schedule("b", 100, retry: false, () => new CoordinatorResult<bool>([NoteShard.Note(2, 1)], true));
            shard.Context.Timer.Cancel("b");
            return new CoordinatorResult<int>([], 0);
        });
        _harness.Advance(90);
        _harness.Shard.Notes.Count.ShouldBe(0);
        _harness.Advance(50);
        _harness.Shard.Notes.Keys.ShouldBe([1]);
        _harness.Shard.Context.Timer.IsScheduled("a").ShouldBeFalse();
    }

    [Fact]
    public void A_task_beside_the_shard_brings_its_result_to_it()
    {
        _harness.Load();
        _harness.Write(shard =>
        {
            shard.Context.Executor.Schedule("work", () => 42, (value, failure) => new CoordinatorResult<bool>([NoteShard.Note(1, value)], true)).ShouldBeTrue();
            shard.Context.Executor.Schedule("work", () => 43, (value, failure) => new CoordinatorResult<bool>([], true)).ShouldBeFalse();
            return new CoordinatorResult<int>([], 0);
        });
        _harness.Run();
        Committed(1).ShouldBe(42);
    }

    private static RuntimeHarness<NoteShard> Harness(int lingerMs = -1) =>
        new(new CoordinatorRuntimeOptions { Topic = "__consumer_offsets", Codec = CoordinatorRecordCodec.Group, AppendLingerMs = lingerMs }, context => new NoteShard(context));

    private Task<int> Begin(int key, long? value) => _harness.BeginWrite(_ => new CoordinatorResult<int>([NoteShard.Note(key, value)], key));

    private int Write(int key, long? value) => RuntimeHarness<NoteShard>.Result(Begin(key, value));

    private long? Committed(int key) => _harness.Read((shard, offset) => shard.Notes.TryGetValue(key, offset, out var value) ? value : (long?)null);
}
