using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Storage.Tests.Cleaning;

/// <summary>What compaction keeps, on a clock that the test moves.</summary>
public sealed class CompactionTests
{
    [Fact]
    public async Task The_last_record_of_each_key_stays_where_it_was_and_the_active_segment_is_not_touched()
    {
        var rig = await CleaningRig.Start();
        for (var i = 0; i < 30; i++)
        {
            rig.Append(($"key{i % 3}", $"value{i}"));
        }

        rig.Roll();
        rig.Append(("key0", "new"));
        rig.Append(("key0", "newer"));
        rig.Clean();

        rig.Read().Select(record => (record.Offset, record.Key, record.Value)).ShouldBe(
            [(27, "key0", "value27"), (28, "key1", "value28"), (29, "key2", "value29"), (30, "key0", "new"), (31, "key0", "newer")]);
        rig.Log.LogStartOffset.ShouldBe(0);
        rig.Log.LogEndOffset.ShouldBe(32);
        rig.Checkpoint.ShouldBe(30);
        rig.Manager.Cleaner.Status().Compactions.ShouldBe(1);
    }

    [Fact]
    public async Task Several_segments_become_one_and_the_old_files_go_after_the_delay()
    {
        var rig = await CleaningRig.Start();
        for (var i = 0; i < 40; i++)
        {
            rig.Append(($"key{i % 4}", new string('x', 100)));
        }

        rig.Roll();
        var before = rig.Log.SegmentCount;
        before.ShouldBeGreaterThan(3);
        rig.Clean();
        rig.Rig.Time.Advance(TimeSpan.FromSeconds(5));

        rig.Log.SegmentCount.ShouldBe(before, "as much as fits in a segment becomes one, counted before records go");
        rig.Append(("other", "x"));
        rig.Roll();
        rig.Clean();
        rig.Rig.Time.Advance(TimeSpan.FromSeconds(5));
        rig.Log.SegmentCount.ShouldBe(2);
        rig.Files().ShouldNotContain(name => name.Contains(".deleted", StringComparison.Ordinal) || name.Contains(".swap", StringComparison.Ordinal)
            || name.Contains(".cleaned", StringComparison.Ordinal));
        rig.Files().Count(name => name.EndsWith(".log", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task A_tombstone_stays_for_delete_retention_after_it_was_first_compacted()
    {
        var rig = await CleaningRig.Start();
        rig.Append(("key", "value"));
        rig.Append(("key", null));
        rig.Rig.Time.Advance(TimeSpan.FromHours(3));
        rig.Roll();
        rig.Clean();
        var seen = rig.Read().Where(record => record.Key == "key").ShouldHaveSingleItem();
        seen.Value.ShouldBeNull();
        seen.DeleteHorizonMs.ShouldNotBeNull();

        Dirty(rig);
        rig.Read().ShouldContain(record => record.Key == "key");
        rig.Rig.Time.Advance(TimeSpan.FromHours(1));
        Dirty(rig);
        rig.Read().ShouldNotContain(record => record.Key == "key");
    }

    [Fact]
    public async Task Records_of_aborted_transactions_go_and_the_marker_stays_as_long_as_a_tombstone()
    {
        var rig = await CleaningRig.Start();
        rig.Append(("key", "before"));
        rig.Transactional(7, 0, 0, ("key", "aborted"), ("other", "aborted"));
        rig.End(7, 0, isCommit: false);
        rig.Transactional(8, 0, 0, ("key", "committed"));
        rig.End(8, 0, isCommit: true);
        rig.Transactional(7, 0, 2, ("last", "of 7"));
        rig.End(7, 0, isCommit: true);
        rig.Transactional(8, 0, 1, ("last", "of 8"));
        rig.End(8, 0, isCommit: true);
        rig.Roll();
        rig.Clean();

        var left = rig.Read();
        left.Where(record => !record.IsControl).Select(record => (record.Key, record.Value)).ShouldBe([("key", "committed"), ("last", "of 8")]);
        left.Count(record => record.IsControl).ShouldBe(4);
        rig.Read(FetchIsolation.TransactionCommitted).Select(record => record.Value).ShouldBe(["committed", "of 8"]);
        rig.Log.CollectAbortedTransactions(0, long.MaxValue).ShouldHaveSingleItem();

        // Only now no data of 7's transactions are there any more.
        Dirty(rig);
        rig.Log.CollectAbortedTransactions(0, long.MaxValue).ShouldBeEmpty();
        rig.Read().Count(record => record.IsControl).ShouldBe(4);
        rig.Rig.Time.Advance(TimeSpan.FromHours(2));
        Dirty(rig);
        rig.Read().Where(record => record.IsControl).Select(record => record.Offset).ShouldBe([5, 7, 9]);
    }

    [Fact]
    public async Task Nothing_behind_an_open_transaction_is_compacted()
    {
        var rig = await CleaningRig.Start();
        rig.Append(("key", "1"));
        rig.Append(("key", "2"));
        rig.Roll();
        rig.Transactional(7, 0, 0, ("key", "open"));
        rig.Append(("key", "4"));
        rig.Append(("key", "5"));
        rig.Roll();
        rig.Clean();
        rig.Read().Select(record => record.Value).ShouldBe(["2", "open", "4", "5"]);

        rig.End(7, 0, isCommit: false);
        rig.Roll();
        rig.Clean();
        rig.Read().Where(record => !record.IsControl).Select(record => record.Value).ShouldBe(["5"]);
    }

    [Fact]
    public async Task The_last_batch_of_a_producer_stays_without_records_so_that_its_sequence_is_known()
    {
        var rig = await CleaningRig.Start();
        rig.Append(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 3, BaseSequence = 0 }, ("a", "1"), ("b", "1"));
        rig.Append(new RecordBatchOptions { ProducerId = 7, ProducerEpoch = 3, BaseSequence = 2 }, ("a", "2"), ("b", "2"));
        rig.Append(("a", "3"), ("b", "3"));
        rig.Roll();
        rig.Clean();
        rig.Batches().ShouldBe([(2, 3, 0, 3), (4, 5, 2, -1)]);

        // Snapshots gone: the producers are rebuilt from the log.
        foreach (var snapshot in rig.Files().Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal)))
        {
            rig.Disk.DeleteFile($"{rig.Log.Directory}/{snapshot}");
        }

        var again = await rig.AfterKill();
        var producer = again.Log.ActiveProducers().ShouldHaveSingleItem();
        (producer.ProducerEpoch, producer.LastSequence).ShouldBe(((short)3, 3));
    }

    [Fact]
    public async Task A_small_map_compacts_in_several_rounds_up_to_the_same_end()
    {
        var rig = await CleaningRig.Start(cleaner: new CleanerOptions { DedupeBufferBytes = OffsetMap.EntryBytes * 8, IoBufferBytes = 2048 });
        for (var i = 0; i < 200; i++)
        {
            rig.Append(($"key{i % 50}", $"value{i}"));
        }

        rig.Roll();
        rig.Clean();
        rig.Checkpoint.ShouldBe(200);
        rig.Read().Select(record => record.Value).ShouldBe(Enumerable.Range(150, 50).Select(i => $"value{i}"));
        rig.Manager.Cleaner.Status().Compactions.ShouldBeGreaterThan(10);
        rig.Manager.Cleaner.Status().MapBytes.ShouldBe(0);
    }

    [Fact]
    public async Task A_batch_larger_than_the_buffers_is_compacted_too()
    {
        var rig = await CleaningRig.Start(CleaningRig.Compacted with { SegmentBytes = 1_000_000 }, new CleanerOptions { IoBufferBytes = 1 });
        rig.Append(("key", new string('x', 50_000)), ("other", "1"));
        rig.Append(("key", new string('y', 70_000)));
        rig.Roll();
        rig.Clean();
        rig.Read().Select(record => (record.Key, record.Value!.Length)).ShouldBe([("other", 1), ("key", 70_000)]);
    }

    [Fact]
    public async Task Compressed_batches_stay_compressed()
    {
        var rig = await CleaningRig.Start();
        foreach (var type in new[] { CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd })
        {
            rig.Append(new RecordBatchOptions { Compression = RecordCompression.Of(type) }, ("key", $"{type}"), ($"{type}", "stays"));
        }

        rig.Roll();
        rig.Clean();
        rig.Read().Select(record => (record.Offset, record.Key)).ShouldBe([(1, "Gzip"), (3, "Snappy"), (5, "Lz4"), (6, "key"), (7, "Zstd")]);
    }

    [Fact]
    public async Task A_record_without_a_key_is_refused_by_a_compacted_log()
    {
        var rig = await CleaningRig.Start();
        var refused = rig.Log.AppendAsLeader(CleaningRig.Build(new RecordBatchOptions(), rig.NowMs, ("key", "1"), (null, "2")), leaderEpoch: 0);
        refused.Error.ShouldBe(ErrorCode.InvalidRecord);
        refused.RecordErrors.ShouldHaveSingleItem().BatchIndex.ShouldBe(1);
        rig.Log.LogEndOffset.ShouldBe(0);
    }

    [Fact]
    public async Task The_largest_timestamp_and_the_time_of_the_file_survive()
    {
        var rig = await CleaningRig.Start();
        rig.Append(("a", "1"));
        rig.Append(("b", "1"));
        rig.Roll();
        var written = rig.Disk.LastModified($"{rig.Log.Directory}/00000000000000000000.log");
        var timestamp = rig.NowMs;
        rig.Rig.Time.Advance(TimeSpan.FromDays(1));
        rig.Clean();
        rig.Disk.LastModified($"{rig.Log.Directory}/00000000000000000000.log").ShouldBe(written);
        rig.Log.FetchOffsetForTimestamp(timestamp)!.Value.Offset.ShouldBe(0);
        rig.Log.FetchOffsetForTimestamp(timestamp + 1).ShouldBeNull();
    }

    /// <summary>Something new to compact, so that the log is compacted again.</summary>
    private static void Dirty(CleaningRig rig)
    {
        rig.Append(("dirt", $"{rig.NowMs}"));
        rig.Roll();
        rig.Clean();
    }
}
