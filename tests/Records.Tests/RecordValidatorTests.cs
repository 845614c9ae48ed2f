using Moldau.Core;
using Moldau.Protocol;
using Moldau.Tests;

namespace Moldau.Records.Tests;

public sealed class RecordValidatorTests
{
    private const long NowMs = 1_760_000_000_000;
    private static readonly TopicPartition Partition = new(new TopicName("orders"), 3);

    [Fact]
    public void A_plain_batch_is_validated_without_allocation()
    {
        var batch = Batch(RecordCompression.None, count: 1000);
        var settings = new AppendSettings();
        Validate(batch, settings).IsOk.ShouldBeTrue();
        long lastOffset = 0;
        AllocatedBytes.LeastOf(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                RecordBatchPatch.SetBaseOffset(batch, 0);
                lastOffset = Validate(batch, settings).AssignOffsets(1000, 4);
            }
        }).ShouldBe(0);
        lastOffset.ShouldBe(1999);
    }

    [Fact]
    public void Compressed_batches_allocate_nothing_per_record()
    {
        foreach (var compression in RandomRecords.Compressions.Where(compression => compression.Type != CompressionType.None))
        {
            long few = AllocatedBy(Batch(compression, count: 10));
            long many = AllocatedBy(Batch(compression, count: 10_000));
            (many - few).ShouldBeLessThan(20_000, $"{compression}");
        }
    }

    [Fact]
    public void A_batch_is_recompressed_when_the_topic_wants_another_compression()
    {
        foreach (var from in RandomRecords.Compressions)
        {
            foreach (var to in RandomRecords.Compressions)
            {
                var batch = Batch(from, count: 50);
                var expected = RecordBatchTests.Read(batch);
                using var validated = Validate(batch, new AppendSettings { Compression = to });
                validated.IsOk.ShouldBeTrue(validated.ErrorMessage);
                validated.IsRebuilt.ShouldBe(from.Type != to.Type);
                RecordBatchTests.Read(validated.Bytes.ToArray()).ShouldBe(expected, $"{from} to {to}");
                new RecordBatchHeader(validated.Bytes.Span).CompressionType.ShouldBe(to.Type);
                new RecordBatchHeader(validated.Bytes.Span).IsValid.ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void The_append_time_replaces_timestamps_where_the_topic_wants_it()
    {
        var batch = Batch(RecordCompression.None, count: 3);
        using var validated = Validate(batch, new AppendSettings { TimestampType = TimestampType.LogAppendTime });
        (validated.MaxTimestamp, validated.LogAppendTimeMs).ShouldBe((NowMs, NowMs));
        var header = new RecordBatchHeader(batch);
        (header.IsValid, header.TimestampType, header.MaxTimestamp).ShouldBe((true, TimestampType.LogAppendTime, NowMs));
    }

    [Fact]
    public void Each_record_without_a_key_is_named_when_the_topic_is_compacted()
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        builder.Append(NowMs, "key"u8.ToArray(), null);
        builder.Append(NowMs, null, "value"u8.ToArray());
        using var validated = Validate(builder.BuildArray(), new AppendSettings { IsCompacted = true });
        validated.Error.ShouldBe(ErrorCode.InvalidRecord);
        validated.RecordErrors.Select(error => error.BatchIndex).ShouldBe([1]);
    }

    [Fact]
    public void A_wrong_checksum_may_be_sent_again_and_a_broken_stream_may_not()
    {
        var wrongChecksum = Batch(RecordCompression.None, count: 3);
        wrongChecksum[^1] ^= 1;
        Validate(wrongChecksum, new AppendSettings()).Error.ShouldBe(ErrorCode.CorruptMessage);

        var brokenStream = Batch(RecordCompression.Of(CompressionType.Zstd), count: 3);
        brokenStream[RecordBatchLayout.Records] ^= 1;
        RecordBatchPatch.WriteCrc(brokenStream);
        Validate(brokenStream, new AppendSettings()).Error.ShouldBe(ErrorCode.InvalidRecord);
    }

    [Fact]
    public void Only_one_batch_of_the_newest_magic_may_be_produced()
    {
        var batch = Batch(RecordCompression.Of(CompressionType.Zstd), count: 3);
        RecordValidator.CheckProduceRequest(batch, 13, out int size, out _).ShouldBe(ErrorCode.None);
        size.ShouldBe(batch.Length);
        RecordValidator.CheckProduceRequest(batch, 6, out _, out _).ShouldBe(ErrorCode.UnsupportedCompressionType);
        RecordValidator.CheckProduceRequest([.. batch, .. batch], 13, out _, out _).ShouldBe(ErrorCode.InvalidRecord);
        RecordValidator.CheckProduceRequest([], 13, out _, out _).ShouldBe(ErrorCode.InvalidRecord);
        batch[RecordBatchLayout.Magic] = 1;
        RecordValidator.CheckProduceRequest(batch, 13, out _, out _).ShouldBe(ErrorCode.InvalidRecord);
    }

    private static byte[] Batch(RecordCompression compression, int count)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { Compression = compression });
        for (int i = 0; i < count; i++)
        {
            builder.Append(NowMs - i, "key"u8.ToArray(), "some value that may be compressed a little"u8.ToArray());
        }

        return builder.BuildArray();
    }

    private static long AllocatedBy(byte[] batch)
    {
        Validate(batch, new AppendSettings()).IsOk.ShouldBeTrue();
        return AllocatedBytes.LeastOf(() => Validate(batch, new AppendSettings()).IsOk.ShouldBeTrue());
    }

    private static ValidatedBatch Validate(byte[] batch, AppendSettings settings) =>
        RecordValidator.Validate(batch, Partition, settings, AppendOrigin.Client, leaderEpoch: 0, NowMs);
}
