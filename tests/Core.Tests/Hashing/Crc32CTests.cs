namespace Moldau.Core.Tests.Hashing;

public class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_polynomial_comes_out()
    {
        Crc32C.Compute("123456789"u8).ShouldBe(0xE3069283u);
        Crc32C.Compute([]).ShouldBe(0u);
    }

    [Fact]
    public void Any_length_at_any_alignment_gives_what_the_definition_gives()
    {
        const int seed = 20260921;
        var random = new Random(seed);
        var bytes = new byte[20_000];
        random.NextBytes(bytes);
        foreach (int length in Lengths())
        {
            int start = random.Next(16);
            var slice = bytes.AsSpan(start, length);
            uint expected = BitByBit(0, slice);
            Crc32C.Compute(slice).ShouldBe(expected, $"length {length}, start {start}, seed {seed}");
            Crc32C.AppendPortable(0, slice).ShouldBe(expected, $"length {length}, start {start}, seed {seed}");
        }
    }

    [Fact]
    public void A_checksum_can_be_continued_where_it_was_left()
    {
        const int seed = 20260922;
        var random = new Random(seed);
        var bytes = new byte[15_000];
        random.NextBytes(bytes);
        uint whole = Crc32C.Compute(bytes);
        for (int i = 0; i < 100; i++)
        {
            int cut = random.Next(bytes.Length);
            Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)).ShouldBe(whole, $"cut at {cut}, seed {seed}");
        }
    }

    private static IEnumerable<int> Lengths() =>
        Enumerable.Range(0, 300).Concat([767, 768, 769, 1535, 1536, 1544, 6143, 6144, 6145, 6911, 6912, 6913, 12_288, 19_900]);

    private static uint BitByBit(uint crc, ReadOnlySpan<byte> bytes)
    {
        crc = ~crc;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78u);
            }
        }

        return ~crc;
    }
}
