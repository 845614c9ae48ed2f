namespace Moldau.Records.Tests;

public sealed class RecordBatchTests
{
    private const int Rounds = 60;

    [Fact]
    public void What_is_built_is_read_again_with_every_compression()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new RandomRecords(seed);
            var expected = random.Make();
            foreach (var compression in RandomRecords.Compressions)
            {
                var options = new RecordBatchOptions { BaseOffset = random.Random.NextInt64(1 << 40), Compression = compression };
                var batch = random.Build(expected, options);
                var header = new RecordBatchHeader(batch);
                header.EnsureValid();
                header.SizeBytes.ShouldBe(batch.Length);
                header.RecordsCount.ShouldBe(expected.Count);
                header.CompressionType.ShouldBe(compression.Type);
                header.MaxTimestamp.ShouldBe(expected.Max(record => record.Timestamp));
                var described = expected.Select((record, i) => record.Describe(options.BaseOffset + i));
                Read(batch).SequenceEqual(described).ShouldBeTrue($"seed {seed}, {compression}");
            }
        }
    }

    [Fact]
    public void The_header_says_what_the_options_said()
    {
        var random = new RandomRecords(1);
        var batch = random.Build(random.Make(), new RecordBatchOptions
        {
            BaseOffset = 7,
            ProducerId = 12,
            ProducerEpoch = 3,
            BaseSequence = int.MaxValue,
            PartitionLeaderEpoch = 9,
            IsTransactional = true,
            DeleteHorizonMs = 1234,
            TimestampType = TimestampType.LogAppendTime,
            LogAppendTimeMs = 99,
        });
        var header = new RecordBatchHeader(batch);
        (header.BaseOffset, header.ProducerId, header.ProducerEpoch, header.BaseSequence).ShouldBe((7, 12, (short)3, int.MaxValue));
        header.LastSequence.ShouldBe(Sequences.Increment(int.MaxValue, header.LastOffsetDelta));
        (header.PartitionLeaderEpoch, header.IsTransactional, header.IsControl, header.DeleteHorizonMs).ShouldBe((9, true, false, 1234));
        (header.TimestampType, header.MaxTimestamp).ShouldBe((TimestampType.LogAppendTime, 99));
    }

    [Fact]
    public void Patches_keep_the_checksum_right()
    {
        var random = new RandomRecords(2);
        var batch = random.Build(random.Make(), new RecordBatchOptions());
        RecordBatchPatch.SetLastOffset(batch, 1000);
        RecordBatchPatch.SetPartitionLeaderEpoch(batch, 5);
        RecordBatchPatch.SetMaxTimestamp(batch, TimestampType.LogAppendTime, 77);
        var header = new RecordBatchHeader(batch);
        header.IsValid.ShouldBeTrue();
        (header.LastOffset, header.PartitionLeaderEpoch, header.TimestampType, header.MaxTimestamp).ShouldBe((1000, 5, TimestampType.LogAppendTime, 77));
    }

    [Fact]
    public void The_reader_stops_before_a_partial_batch()
    {
        var random = new RandomRecords(3);
        var first = random.Build(random.Make(), new RecordBatchOptions());
        var second = random.Build(random.Make(), new RecordBatchOptions { BaseOffset = 100 });
        byte[] both = [.. first, .. second];
        for (int cut = 0; cut < second.Length; cut += Math.Max(1, second.Length / 50))
        {
            var reader = new RecordBatchReader(both.AsSpan(0, first.Length + cut));
            reader.MoveNext().ShouldBeTrue();
            reader.MoveNext().ShouldBeFalse();
            reader.Position.ShouldBe(first.Length);
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue - 1, 3, 1)]
    public void Sequences_begin_again_after_the_largest(int sequence, int increment, int expected)
    {
        Sequences.Increment(sequence, increment).ShouldBe(expected);
        Sequences.Decrement(expected, increment).ShouldBe(sequence);
    }

    [Fact]
    public void Transaction_markers_are_read_as_they_were_written()
    {
        var batch = ControlRecords.BuildMarker(new EndTransactionMarker(IsCommit: true, CoordinatorEpoch: 17), 5, 2, 1000);
        var header = new RecordBatchHeader(batch);
        (header.IsControl, header.IsTransactional, header.BaseSequence).ShouldBe((true, true, -1));
        using var decompressor = RecordDecompressor.Rent();
        var records = RecordReader.Open(header, decompressor);
        records.MoveNext().ShouldBeTrue();
        ControlRecords.TryReadMarker(in records.Current, out var marker).ShouldBeTrue();
        marker.ShouldBe(new EndTransactionMarker(true, 17));
    }

    internal static List<string> Read(byte[] batch)
    {
        using var decompressor = RecordDecompressor.Rent();
        var read = new List<string>();
        var records = RecordReader.Open(new RecordBatchHeader(batch), decompressor);
        while (records.MoveNext())
        {
            read.Add(PlainRecord.Describe(in records.Current));
        }

        return read;
    }
}
