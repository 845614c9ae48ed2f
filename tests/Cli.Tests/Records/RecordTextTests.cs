using System.Buffers;
using System.Text;

namespace Moldau.Cli.Tests;

/// <summary>Lines in and out as Kafka's console tools have them, and as JSON.</summary>
public class RecordTextTests
{
    [Theory]
    [InlineData("hello", "")]
    [InlineData("alice\thello", "print.key=true")]
    [InlineData("alice|hello", "print.key=true;key.separator=|")]
    [InlineData("CreateTime:5\tPartition:3\tOffset:42\ta:1,b:null\talice\thello", "print.timestamp=true;print.partition=true;print.offset=true;print.headers=true;print.key=true")]
    [InlineData("alice", "print.key=true;print.value=false")]
    public void Records_are_printed_as_the_console_consumer_prints_them(string expected, string properties)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new ConsoleFormat(Properties(properties)).Write(Record(), buffer);
        Encoding.UTF8.GetString(buffer.WrittenSpan).ShouldBe(expected + "\n");
    }

    [Fact]
    public void A_record_without_anything_says_so()
    {
        var buffer = new ArrayBufferWriter<byte>();
        new ConsoleFormat(Properties("print.timestamp=true;print.headers=true;print.key=true")).Write(
            new OutputRecord { Topic = "t", Partition = 0, Offset = 0, TimestampMs = -1, HasKey = false, HasValue = false }, buffer);
        Encoding.UTF8.GetString(buffer.WrittenSpan).ShouldBe("NO_TIMESTAMP\tNO_HEADERS\tnull\tnull\n");
    }

    [Fact]
    public void A_property_that_there_is_not_names_those_that_there_are()
    {
        Should.Throw<CliException>(() => new ConsoleFormat(Properties("print.keys=true"))).Message.ShouldContain("print.key,");
        Should.Throw<CliException>(() => new ConsoleReader(Properties("parse.keys=true"))).Message.ShouldContain("parse.key,");
    }

    [Fact]
    public void Lines_are_taken_apart_as_the_console_producer_does()
    {
        var reader = new ConsoleReader(Properties("parse.key=true;parse.headers=true;key.separator=|;null.marker=NULL"));
        InputRecord record = reader.Read("a:1,b:NULL\talice|hello"u8.ToArray());
        Text(record.Key).ShouldBe("alice");
        Text(record.Value).ShouldBe("hello");
        record.Headers.Select(header => $"{header.Key}={(header.Value is null ? "null" : Encoding.UTF8.GetString(header.Value))}").ShouldBe(["a=1", "b=null"]);
        InputRecord empty = reader.Read("NULL\tNULL|NULL"u8.ToArray());
        empty.Key.ShouldBeNull();
        empty.Value.ShouldBeNull();
        empty.Headers.ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_separator_is_an_error_unless_errors_are_ignored()
    {
        CliException exception = Should.Throw<CliException>(() => new ConsoleReader(Properties("parse.key=true")).Read("hello"u8.ToArray()));
        exception.Message.ShouldContain("no key in the line 'hello'");
        exception.NextStep!.ShouldContain("ignore.error=true");
        InputRecord taken = new ConsoleReader(Properties("parse.key=true;ignore.error=true")).Read("hello"u8.ToArray());
        taken.Key.ShouldBeNull();
        Text(taken.Value).ShouldBe("hello");
    }

    [Fact]
    public void What_consume_writes_as_json_produce_reads()
    {
        var buffer = new ArrayBufferWriter<byte>();
        JsonRecord.Write(Record(), buffer);
        JsonRecord.Write(new OutputRecord { Topic = "t", Partition = 0, Offset = 0, TimestampMs = -1, HasKey = true, Key = [0xFF, 0x00], HasValue = false }, buffer);
        string[] lines = Encoding.UTF8.GetString(buffer.WrittenSpan).TrimEnd('\n').Split('\n');
        InputRecord first = JsonRecord.Read(Encoding.UTF8.GetBytes(lines[0]));
        (first.Partition, first.TimestampMs, Text(first.Key), Text(first.Value)).ShouldBe((3, 5, "alice", "hello"));
        first.Headers.Select(header => $"{header.Key}={(header.Value is null ? "null" : Encoding.UTF8.GetString(header.Value))}").ShouldBe(["a=1", "b=null"]);
        lines[1].ShouldContain("\"keyBase64\":\"/wA=\"");
        InputRecord second = JsonRecord.Read(Encoding.UTF8.GetBytes(lines[1]));
        second.Key!.Value.ToArray().ShouldBe([0xFF, 0x00]);
        second.Value.ShouldBeNull();
        second.TimestampMs.ShouldBeNull();
    }

    [Theory]
    [InlineData("{", "is no record")]
    [InlineData("[]", "is no record")]
    [InlineData("""{"headers":[{"value":"x"}]}""", "is no record")]
    [InlineData("""{"keyBase64":"%"}""", "is no record")]
    public void Other_json_is_refused(string line, string message) =>
        Should.Throw<CliException>(() => JsonRecord.Read(Encoding.UTF8.GetBytes(line))).Message.ShouldContain(message);

    [Fact]
    public void A_value_that_is_an_object_is_sent_as_its_json() =>
        Text(JsonRecord.Read("""{"value":{"a": 1}}"""u8.ToArray()).Value).ShouldBe("""{"a": 1}""");

    [Theory]
    [InlineData("a\nb\nc", "\n", "a|b|c")]
    [InlineData("a\nb\n", "\n", "a|b")]
    [InlineData("\n\na", "\n", "||a")]
    [InlineData("", "\n", "")]
    [InlineData("a--b-c--", "--", "a|b-c")]
    public async Task A_stream_is_split_at_the_delimiter_wherever_its_reads_end(string text, string delimiter, string expected)
    {
        for (int chunk = 1; chunk <= 3; chunk++)
        {
            var lines = new List<string>();
            await foreach (ReadOnlyMemory<byte> line in LineReader.SplitAsync(new Chunks(Encoding.UTF8.GetBytes(text), chunk), Encoding.UTF8.GetBytes(delimiter), () => { }, TestContext.Current.CancellationToken))
            {
                lines.Add(Encoding.UTF8.GetString(line.Span));
            }

            string.Join("|", lines).ShouldBe(expected, $"{chunk} bytes at a time");
        }
    }

    [Fact]
    public async Task Lines_longer_than_the_buffer_come_whole()
    {
        string[] expected = [new string('a', 200_000), "b", new string('c', 70_000)];
        var lines = new List<string>();
        await foreach (ReadOnlyMemory<byte> line in LineReader.SplitAsync(new Chunks(Encoding.UTF8.GetBytes(string.Join('\n', expected)), 1000), "\n"u8.ToArray(), () => { }, TestContext.Current.CancellationToken))
        {
            lines.Add(Encoding.UTF8.GetString(line.Span));
        }

        lines.ShouldBe(expected);
    }

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Encoding.UTF8.GetString(some.Span) : null;

    private static Dictionary<string, string> Properties(string text) =>
        text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

    private static OutputRecord Record() => new()
    {
        Topic = "orders",
        Partition = 3,
        Offset = 42,
        TimestampMs = 5,
        HasKey = true,
        Key = "alice"u8,
        HasValue = true,
        Value = "hello"u8,
        Headers = [new("a", "1"u8.ToArray()), new("b", null)],
    };

    private sealed class Chunks(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
