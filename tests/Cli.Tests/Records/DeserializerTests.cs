using System.Buffers;
using System.Text;

namespace Moldau.Cli.Tests;

public class DeserializerTests
{
    [Theory]
    [InlineData("org.apache.kafka.common.serialization.LongDeserializer", "00000000000000ff", "255")]
    [InlineData("LongDeserializer", "ffffffffffffffff", "-1")]
    [InlineData("IntegerDeserializer", "0000002a", "42")]
    [InlineData("ShortDeserializer", "8000", "-32768")]
    [InlineData("DoubleDeserializer", "3ff8000000000000", "1.5")]
    [InlineData("BooleanDeserializer", "01", "true")]
    [InlineData("StringDeserializer", "6162", "ab")]
    [InlineData("IntegerDeserializer", "2a", "(1 bytes, not 4: 2a)")]
    public void Bytes_are_printed_as_what_they_are(string name, string hex, string text)
    {
        var output = new ArrayBufferWriter<byte>();
        Deserializer.Of("value.deserializer", name)(Convert.FromHexString(hex), output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe(text);
    }

    [Fact]
    public void Another_class_is_refused_with_those_that_there_are() =>
        Should.Throw<CliException>(() => Deserializer.Of("key.deserializer", "com.example.Avro")).Message.ShouldContain("key.deserializer=com.example.Avro: it must be one of StringDeserializer");
}
