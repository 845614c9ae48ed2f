using System.Buffers.Binary;
using System.Text;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Client.Tests;

/// <summary>What becomes of the bytes of an answer.</summary>
public class ChunkBuilderTests
{
    private readonly PartitionState _state = new(new("t", 0));

    public ChunkBuilderTests() => _state.Seek(0, -1);

    [Theory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Records_before_the_offset_that_was_asked_for_are_left_out(CompressionType compression)
    {
        byte[] bytes = [.. Batch(0, 10, compression: compression), .. Batch(10, 10, compression: compression)];

        Read(Fill(bytes, from: 7)).ShouldBe([.. Enumerable.Range(7, 13).Select(i => $"{i}")]);
    }

    [Fact]
    public void A_partial_batch_at_the_end_is_not_looked_at()
    {
        byte[] bytes = [.. Batch(0, 3), .. Batch(3, 3)];

        Read(Fill(bytes[..^1])).ShouldBe(["0", "1", "2"]);
        ChunkBuilder.End(bytes.AsSpan()[..^1], 0, -1).NextOffset.ShouldBe(3);
    }

    [Fact]
    public void What_was_aborted_and_markers_are_left_out_and_what_the_same_producer_did_later_is_not()
    {
        byte[] bytes =
        [
            .. Batch(0, 2, producer: 1), .. Batch(2, 2, producer: 2), .. Marker(4, isCommit: false),
            .. Batch(5, 2, producer: 1), .. Marker(7, isCommit: true), .. Batch(8, 1),
        ];

        var chunk = Fill(bytes, aborted: [(1, 0)]);

        Read(chunk).ShouldBe(["2", "3", "5", "6", "8"]);
        Read(Fill(bytes)).ShouldBe(["0", "1", "2", "3", "5", "6", "8"]);
    }

    [Fact]
    public void A_batch_that_is_corrupt_ends_the_chunk_and_says_so()
    {
        byte[] bytes = [.. Batch(0, 3), .. Batch(3, 3)];
        bytes[^1] ^= 1;

        var chunk = Fill(bytes);
        Read(chunk).ShouldBe(["0", "1", "2"]);
        chunk.Failure.ShouldNotBeNull().Code.ShouldBe(ErrorCode.CorruptMessage);
        Fill(bytes, checksCrc: false).Failure.ShouldBeNull();
    }

    [Fact]
    public void Any_damage_is_found_or_does_no_harm()
    {
        var bytes = Batch(0, 5);
        for (var at = RecordBatchLayout.Records; at < bytes.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = bytes.ToArray();
                damaged[at] ^= (byte)(1 << bit);
                try
                {
                    Read(Fill(damaged, from: 2, checksCrc: false));
                }
                catch (KafkaException corrupt)
                {
                    corrupt.Code.ShouldBe(ErrorCode.CorruptMessage, $"byte {at}, bit {bit}");
                }
            }
        }
    }

    private static byte[] Marker(long offset, bool isCommit)
    {
        var bytes = ControlRecords.BuildMarker(new EndTransactionMarker(isCommit, 0), 1, 0, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes, offset);
        return bytes;
    }

    private static byte[] Batch(long offset, int count, CompressionType compression = CompressionType.None, long producer = -1)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions
        {
            BaseOffset = offset,
            Compression = RecordCompression.Of(compression),
            ProducerId = producer,
            ProducerEpoch = (short)(producer < 0 ? -1 : 0),
            BaseSequence = producer < 0 ? -1 : 0,
            IsTransactional = producer >= 0,
        });
        for (var i = 0; i < count; i++)
        {
            builder.Append(1000 + i, Encoding.UTF8.GetBytes("key"), Encoding.UTF8.GetBytes($"{offset + i}"), [new RecordHeader("h", Encoding.UTF8.GetBytes("v"))]);
        }

        return builder.BuildArray();
    }

    private static List<string> Read(FetchedChunk chunk)
    {
        List<string> values = [];
        var cursor = new RecordCursor(chunk);
        while (cursor.MoveNext(out var record))
        {
            foreach (var header in record.Headers)
            {
                _ = header.Name.Length + header.Value.Length;
            }

            values.Add(Encoding.UTF8.GetString(record.Value));
        }

        return values;
    }

    private FetchedChunk Fill(byte[] bytes, long from = 0, List<(long ProducerId, long FirstOffset)>? aborted = null, bool checksCrc = true)
    {
        var pool = new FetchPool();
        var chunk = pool.RentChunk(_state, pool.RentAnswer());
        ChunkBuilder.Fill(chunk, bytes, from, aborted is null ? null : Aborted(aborted), checksCrc);
        return chunk;
    }

    /// <summary>As an answer names them.</summary>
    private static AbortedTransactions Aborted(List<(long ProducerId, long FirstOffset)> aborted)
    {
        var data = new FetchResponse.PartitionData { AbortedTransactions = [.. aborted.Select(one => new FetchResponse.AbortedTransaction { ProducerId = one.ProducerId, FirstOffset = one.FirstOffset })] };
        var writer = new MessageWriter();
        new FetchResponse { Responses = [new() { Topic = "t", Partitions = [data] }] }.Write(ref writer, FetchResponse.HighestVersion);
        var reader = FetchResponseReader.Open(writer.ToArray(), FetchResponse.HighestVersion);
        writer.Dispose();
        reader.NextTopic().ShouldBeTrue();
        reader.NextPartition().ShouldBeTrue();
        var transactions = new AbortedTransactions();
        transactions.Begin(reader.AbortedTransactions);
        return transactions;
    }
}
