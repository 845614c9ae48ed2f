using System.Text;

namespace Moldau.Core.Tests;

/// <summary>Values that Apache Kafka's own classes gave, a few of each kind; the golden files hold the rest.</summary>
public sealed class HashingTests
{
    [Theory]
    [InlineData("", 275646681)]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void Murmur2_gives_the_hash_that_kafka_clients_give(string key, int expected) => Murmur2.Hash(Encoding.UTF8.GetBytes(key)).ShouldBe(expected);

    [Fact]
    public void A_key_goes_to_the_partition_of_its_positive_hash()
    {
        Murmur2.PartitionFor("21"u8, 50).Value.ShouldBe((-973932308 & int.MaxValue) % 50);
        Should.Throw<InvariantException>(() => Murmur2.PartitionFor("21"u8, 0));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("my-group", -1906497762)]
    [InlineData("console-consumer-12345", 158455506)]
    [InlineData("\U0001F600", 1772899)]
    public void The_hash_of_a_text_is_over_its_utf16_units(string text, int expected) => JavaHash.OfText(text).ShouldBe(expected);

    [Fact]
    public void The_smallest_number_has_no_absolute_value_and_counts_as_zero()
    {
        JavaHash.Abs(int.MinValue).ShouldBe(0);
        JavaHash.Abs(-7).ShouldBe(7);
        JavaHash.ToPositive(-1).ShouldBe(int.MaxValue);
    }

    [Fact]
    public void Crc32_gives_the_check_value_of_its_specification()
    {
        Crc32.Compute("123456789"u8).ShouldBe(0xCBF43926u);
        Crc32.Append(Crc32.Compute("12345"u8), "6789"u8).ShouldBe(0xCBF43926u);
        Crc32.Compute([]).ShouldBe(0u);
    }

    [Theory]
    [InlineData(0, 0x2d06800538d394c2UL)]
    [InlineData(1, 0xe12ef9d2eb86ceebUL)]
    [InlineData(3, 0xa9088dda485b481cUL)]
    [InlineData(4, 0x57648c318a7a307eUL)]
    [InlineData(8, 0xb0fb3e3c3f94990aUL)]
    [InlineData(9, 0x8aca5cb309437c2eUL)]
    [InlineData(16, 0x2bd926d88792965aUL)]
    [InlineData(17, 0x621f018aad19b14aUL)]
    [InlineData(32, 0x8911535e799e4d99UL)]
    [InlineData(33, 0xb6d8b523db9b284cUL)]
    [InlineData(64, 0x1b1bf114c7371f1bUL)]
    [InlineData(65, 0xf0037f8ac0441cc4UL)]
    [InlineData(96, 0xcfb21e0d09d8ef29UL)]
    [InlineData(97, 0xe1415ca7902a74daUL)]
    [InlineData(128, 0xe9549af9a74093e6UL)]
    [InlineData(129, 0xb54ad1cd8a4c84b9UL)]
    [InlineData(160, 0x898df912f54aa5c2UL)]
    [InlineData(161, 0x309d648451a029b0UL)]
    [InlineData(240, 0x3e136902ec966624UL)]
    [InlineData(241, 0xbd7d29b6ba966d6aUL)]
    [InlineData(256, 0xff5a1cefade75bb9UL)]
    [InlineData(512, 0xf6fe51471f2fa1ecUL)]
    [InlineData(1023, 0x0805f138405a64a4UL)]
    [InlineData(1024, 0xdc5acf0b043c445bUL)]
    [InlineData(1025, 0xc856c953bbdbc807UL)]
    [InlineData(1088, 0x1abb96b061cd5757UL)]
    [InlineData(1089, 0x2a7e4e549f5cd12cUL)]
    [InlineData(2048, 0x848d24cc268f7498UL)]
    [InlineData(2049, 0x036bbe6219dfccdaUL)]
    [InlineData(5000, 0x308f149a673a1625UL)]
    public void XxHash3_agrees_with_the_reference_at_every_length_where_its_method_changes(int length, ulong expected)
    {
        var data = new byte[length];
        for (var index = 0; index < length; index++)
        {
            data[index] = (byte)((index * 7) + length);
        }

        XxHash3.Hash(data).ShouldBe(expected);
    }
}
