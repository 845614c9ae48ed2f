namespace Moldau.Records.Tests;

public sealed class RecordBatchFilterTests
{
    private const long NowMs = 1_000_000;
    private const long DeleteRetentionMs = 500;

    [Fact]
    public void What_stays_is_what_was_chosen_and_the_batch_keeps_its_offsets()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new RandomRecords(seed);
            var records = random.Make();
            foreach (var compression in RandomRecords.Compressions)
            {
                var batch = random.Build(records, new RecordBatchOptions { BaseOffset = 100, Compression = compression, DeleteHorizonMs = 5 });
                var retention = new ByOffset { Modulus = random.Random.Next(1, 4) };
                using var filter = new RecordBatchFilter();
                var result = filter.Filter(batch, ref retention, NowMs, DeleteRetentionMs);
                var expected = records.Select((record, i) => (record, offset: 100L + i)).Where(pair => pair.offset % retention.Modulus == 0).ToList();
                result.RecordsRetained.ShouldBe(expected.Count, $"seed {seed}");
                result.BytesRetained.ShouldBe(filter.Output.Length);
                var header = new RecordBatchHeader(filter.Output);
                (header.BaseOffset, header.LastOffset, header.IsValid).ShouldBe((100, 99 + records.Count, true), $"seed {seed}, {compression}");
                var kept = expected.Select(pair => pair.record.Describe(pair.offset));
                RecordBatchTests.Read(filter.Output.ToArray()).SequenceEqual(kept).ShouldBeTrue($"seed {seed}, {compression}");
            }
        }
    }

    [Fact]
    public void A_batch_with_a_tombstone_gets_a_delete_horizon_once()
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        builder.Append(7, "key"u8.ToArray(), null);
        var retention = new ByOffset { Modulus = 1 };
        using var filter = new RecordBatchFilter();
        filter.Filter(builder.Build(), ref retention, NowMs, DeleteRetentionMs);
        new RecordBatchHeader(filter.Output).DeleteHorizonMs.ShouldBe(NowMs + DeleteRetentionMs);

        var first = filter.Output.ToArray();
        filter.Filter(first, ref retention, NowMs + 1, DeleteRetentionMs);
        filter.Output.SequenceEqual(first).ShouldBeTrue();
    }

    private struct ByOffset : IRecordRetention
    {
        public int Modulus;

        public readonly BatchRetention Check(RecordBatchHeader batch, out bool isMarkerOfEmptyTransaction)
        {
            isMarkerOfEmptyTransaction = false;
            return BatchRetention.RetainEmpty;
        }

        public readonly bool ShouldRetain(RecordBatchHeader batch, scoped in RecordView record) => record.Offset % Modulus == 0;
    }
}
