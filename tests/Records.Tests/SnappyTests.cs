using IronSnappy;

namespace Moldau.Records.Tests;

/// <summary>Our Snappy against a library's, both ways.</summary>
public sealed class SnappyTests
{
    [Fact]
    public void Blocks_are_understood_by_another_implementation_and_its_blocks_by_ours()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var content = Content(random);
            var block = new byte[SnappyBlock.CompressedMax(content.Length)];
            int size = SnappyBlock.Compress(content, block);
            Snappy.Decode(block.AsSpan(0, size)).SequenceEqual(content).ShouldBeTrue($"seed {seed}");

            using var buffer = new PooledBuffer();
            SnappyBlock.Decompress(Snappy.Encode(content), buffer);
            buffer.Written.SequenceEqual(content).ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void A_bare_block_without_framing_is_read()
    {
        var content = Content(new Random(5));
        using var decompressor = RecordDecompressor.Rent();
        decompressor.Decompress(CompressionType.Snappy, Snappy.Encode(content), 2, out var failure).SequenceEqual(content).ShouldBeTrue();
        failure.ShouldBeNull();
    }

    [Fact]
    public void A_block_that_a_stream_repeats_a_header_within_is_read()
    {
        using var once = new PooledBuffer();
        SnappyCodec.Compress("abcdefgh"u8, once);
        byte[] twice = [.. once.Written, .. once.Written];
        using var decompressor = RecordDecompressor.Rent();
        decompressor.Decompress(CompressionType.Snappy, twice, 2, out _).SequenceEqual("abcdefghabcdefgh"u8).ShouldBeTrue();
    }

    private static byte[] Content(Random random)
    {
        var content = new byte[random.Next(1, 32_768)];
        int symbols = random.Next(1, 257);
        for (int i = 0; i < content.Length; i++)
        {
            content[i] = i > 50 && random.Next(8) != 0 ? content[i - random.Next(1, 51)] : (byte)random.Next(symbols);
        }

        return content;
    }
}
