using System.Buffers;
using System.Text;

namespace Moldau.Cli.Tests;

/// <summary>The expectations were made with kcat 1.7.1 on the same record.</summary>
public class RecordFormatTests
{
    [Theory]
    [InlineData("%t-%p-%o %k=%s", "orders-3-42 alice=hello")]
    [InlineData("%K/%S", "5/5")]
    [InlineData("%T", "1732212000000")]
    [InlineData("%h", "a=1,b=NULL,c=")]
    [InlineData("100%%%%", "100%%")]
    [InlineData("a\\tb\\nc\\rd", "a\tb\nc\rd")]
    [InlineData("\\x41\\x4a-\\x2e", "AJ-.")]
    [InlineData("\\65\\065\\0x65", "A5e")]
    [InlineData("\\\\ \\q", "\\ q")]
    [InlineData("\\x41\\\\%s", "A\\hello")]
    [InlineData("no token", "no token")]
    [InlineData("", "")]
    public void Tokens_and_escapes_are_kcats(string format, string expected) => Write(RecordFormat.Parse(format, "")).ShouldBe(expected);

    [Fact]
    public void The_length_in_four_bytes_is_big_endian_and_minus_one_for_null()
    {
        WriteBytes(RecordFormat.Parse("%R", ""), Record()).ShouldBe([0, 0, 0, 5]);
        WriteBytes(RecordFormat.Parse("%R", ""), Null()).ShouldBe([0xFF, 0xFF, 0xFF, 0xFF]);
    }

    [Theory]
    [InlineData("", "- -/-1 -1")]
    [InlineData("NULL", "-NULL NULL-/-1 -1")]
    public void Null_is_empty_or_the_text_that_stands_for_it(string nullText, string expected)
    {
        RecordFormat format = RecordFormat.Parse("-%k %s-/%K %S", nullText);
        string written = Encoding.UTF8.GetString(WriteBytes(format, Null()));
        written.ShouldBe(nullText.Length == 0 ? "- -/-1 -1" : expected);
    }

    [Theory]
    [InlineData("%x", "there is no %x")]
    [InlineData("100%", "a token must follow")]
    public void A_token_that_there_is_not_names_those_that_there_are(string format, string message)
    {
        CliException exception = Should.Throw<CliException>(() => RecordFormat.Parse(format, ""));
        exception.Message.ShouldContain(message);
        exception.NextStep!.ShouldContain("%s value");
        exception.ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("\\n", "\n")]
    [InlineData("\\t\\n\\n", "\t\n\n")]
    [InlineData("\\x54!\\x45\\x53T", "T!EST")]
    [InlineData("\\x30", "0")]
    [InlineData("", "")]
    [InlineData("::", "::")]
    public void Delimiters_are_kcats(string text, string expected) => Encoding.UTF8.GetString(Escapes.OfDelimiter("-D", text)).ShouldBe(expected);

    [Fact]
    public void A_delimiter_with_no_number_behind_x_is_refused() =>
        Should.Throw<CliException>(() => Escapes.OfDelimiter("-D", "\\xzz")).Message.ShouldContain("hexadecimal");

    [Fact]
    public void Key_and_value_stand_around_the_delimiter()
    {
        Write(RecordFormat.Of(":"u8.ToArray(), "\n"u8.ToArray(), "")).ShouldBe("alice:hello\n");
        Write(RecordFormat.Of(null, ";"u8.ToArray(), "")).ShouldBe("hello;");
    }

    [Fact]
    public void The_envelope_is_kcats()
    {
        var buffer = new ArrayBufferWriter<byte>();
        RecordJson.Write(Record(), buffer, "\n"u8);
        RecordJson.Write(Null(), buffer, "\n"u8);
        Encoding.UTF8.GetString(buffer.WrittenSpan).ShouldBe(
            """{"topic":"orders","partition":3,"offset":42,"tstype":"create","ts":1732212000000,"broker":1,"headers":["a","1","b",null,"c",""],"key":"alice","payload":"hello"}"""
            + "\n" + """{"topic":"orders","partition":0,"offset":0,"broker":-1,"key":null,"payload":null}""" + "\n");
    }

    private static string Write(RecordFormat format) => Encoding.UTF8.GetString(WriteBytes(format, Record()));

    private static byte[] WriteBytes(RecordFormat format, OutputRecord record)
    {
        var buffer = new ArrayBufferWriter<byte>();
        format.Write(record, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private static OutputRecord Record() => new()
    {
        Topic = "orders",
        Partition = 3,
        Offset = 42,
        TimestampMs = 1732212000000,
        HasKey = true,
        Key = "alice"u8,
        HasValue = true,
        Value = "hello"u8,
        BrokerId = 1,
        Headers = [new("a", "1"u8.ToArray()), new("b", null), new("c", [])],
    };

    private static OutputRecord Null() => new() { Topic = "orders", Partition = 0, Offset = 0, TimestampMs = -1, HasKey = false, HasValue = false, BrokerId = -1 };
}
