using System.Text;

namespace Moldau.Cli.Tests;

public class CatOptionsTests
{
    [Fact]
    public void Letters_may_stand_together_and_values_may_follow_at_once()
    {
        CatOptions options = CatOptions.Parse(["-CJe", "-torders", "-p0", "-o-5", "-c", "3", "-K:", "-b", "a:1,b:2", "-Xsecurity.protocol=ssl"]);
        options.Mode.ShouldBe(CatMode.Consume);
        options.IsJson.ShouldBeTrue();
        options.ExitsAtEnd.ShouldBeTrue();
        options.Topics.ShouldBe(["orders"]);
        options.Partition.ShouldBe(0);
        options.Offsets.ShouldBe(["-5"]);
        options.Count.ShouldBe(3);
        Encoding.UTF8.GetString(options.KeyDelimiter!).ShouldBe(":");
        options.Brokers.ShouldBe("a:1,b:2");
        options.Properties.ShouldBe([new KeyValuePair<string, string>("security.protocol", "ssl")]);
    }

    [Fact]
    public void What_is_no_option_is_a_file_or_a_topic_also_after_two_dashes()
    {
        CatOptions options = CatOptions.Parse(["-G", "g", "one", "-q", "two", "--", "-three"]);
        options.Mode.ShouldBe(CatMode.Group);
        options.GroupId.ShouldBe("g");
        options.IsQuiet.ShouldBeTrue();
        options.Arguments.ShouldBe(["one", "two", "-three"]);
    }

    [Fact]
    public void A_query_names_many_topics() => CatOptions.Parse(["-Q", "-t", "a:0:1", "-t", "a:1:2"]).Topics.ShouldBe(["a:0:1", "a:1:2"]);

    [Theory]
    [InlineData("only one of -P, -C", "-P", "-C")]
    [InlineData("there is no option -y", "-C", "-y")]
    [InlineData("-t needs a value", "-C", "-t")]
    [InlineData("-c zero: it must be a number", "-c", "zero")]
    [InlineData("-X x: it must be KEY=VALUE", "-X", "x")]
    [InlineData("deserializers are not here", "-s", "i")]
    public void What_is_wrong_is_named(string message, params string[] args)
    {
        CliException exception = Should.Throw<CliException>(() => CatOptions.Parse(args));
        exception.Message.ShouldContain(message);
        exception.ExitCode.ShouldBe(2);
    }

    [Fact]
    public void A_header_without_value_is_null() =>
        CatOptions.Parse(["-H", "a=1", "-H", "b", "-H", "c="]).Headers.Select(header => $"{header.Key}:{header.Value?.Length ?? -1}").ShouldBe(["a:1", "b:-1", "c:0"]);

    [Theory]
    [InlineData("beginning", StartKind.Beginning, 0L)]
    [InlineData("end", StartKind.End, 0L)]
    [InlineData("stored", StartKind.Stored, 0L)]
    [InlineData("17", StartKind.Offset, 17L)]
    [InlineData("-17", StartKind.BeforeEnd, 17L)]
    [InlineData("s@1732212000000", StartKind.Timestamp, 1732212000000L)]
    [InlineData("s@2024-11-21T18:00:00Z", StartKind.Timestamp, 1732212000000L)]
    internal void Places_to_begin(string text, StartKind kind, long value)
    {
        StartPosition position = StartPosition.Parse("-o", [text], StartKind.End);
        position.Kind.ShouldBe(kind);
        position.Value.ShouldBe(value);
        position.StopTimestampMs.ShouldBeNull();
    }

    [Fact]
    public void A_time_to_stop_goes_with_any_beginning()
    {
        StartPosition.Parse("-o", ["s@5", "e@9"], StartKind.End).ShouldBe(new StartPosition(StartKind.Timestamp, 5, 9));
        StartPosition.Parse("-o", ["e@9"], StartKind.Beginning).ShouldBe(new StartPosition(StartKind.Beginning, 0, 9));
    }

    [Theory]
    [InlineData("middle")]
    [InlineData("s@noon")]
    [InlineData("--5")]
    [InlineData("")]
    public void Other_places_are_refused(string text) => Should.Throw<CliException>(() => StartPosition.Parse("-o", [text], StartKind.End)).Message.ShouldContain($"-o {text}:");

    [Fact]
    public async Task Help_has_kcats_letters()
    {
        var cli = new TestCli();
        (await cli.RunAsync("cat", "-h")).ShouldBe(0);
        foreach (string letter in new[] { "-P", "-C", "-G", "-L", "-Q", "-b", "-t", "-p", "-D", "-K", "-k", "-H", "-z", "-c", "-o", "-e", "-f", "-J", "-O", "-Z", "-l", "-T", "-u", "-X", "-m", "-q" })
        {
            cli.Out.ShouldContain(letter + " ");
        }
    }
}
