namespace Moldau.Cli.Tests;

public class ReportTests
{
    [Fact]
    public void A_table_elsewhere_than_on_a_terminal_has_whole_lines_without_blanks_at_their_ends()
    {
        var cli = new TestCli();
        new Report(cli.Context(), isJson: false).Write(Sizes());
        string[] lines = cli.Out.TrimEnd('\n').Split('\n');
        lines.Length.ShouldBe(3);
        lines[0].ShouldStartWith("TOPIC");
        lines[1].ShouldContain("1.5 KiB");
        lines[1].ShouldEndWith("1,2");
        lines[2].ShouldContain(new string('o', 90));
        cli.Out.ShouldNotContain("█");
        lines.ShouldAllBe(line => line == line.TrimEnd());
    }

    [Fact]
    public void A_table_on_a_terminal_keeps_within_it_and_has_bars_where_there_is_room()
    {
        var table = new RowSet(Column.Text("topic"), Column.Number("sizeBytes", "size"), Column.Text("topicId").Optional(), Column.Text("error")) { Bar = row => row + 1 };
        table.Add("orders", Cell.Bytes(1536), new string('i', 22), Cell.None);
        table.Add("bills", Cell.Bytes(0), new string('j', 22), Cell.None);
        Lines(table, 80).ShouldAllBe(line => line.Contains('i') || line.Contains('j') || line.Contains("TOPIC ID"), "there is room for all columns");
        Lines(table, 80)[1].ShouldEndWith("███");
        Lines(table, 24).ShouldAllBe(line => line.Length <= 24 && !line.Contains("iiii") && !line.Contains("ERROR"), "what says nothing and what is optional goes");
        Lines(table, 24)[1].ShouldContain("orders");
    }

    [Fact]
    public void Only_columns_that_may_wrap_do()
    {
        var table = new RowSet(Column.Text("subject"), Column.Text("what").Wrapping());
        table.Add("topic orders-of-all-customers", "a sentence that is much longer than the window is wide, and so goes over some lines");
        string[] lines = Lines(table, 60);
        lines.Length.ShouldBeGreaterThan(2);
        lines.ShouldAllBe(line => line.Length <= 60);
        lines[1].ShouldStartWith("topic orders-of-all-customers  a sentence");
        var names = new RowSet(Column.Text("topic"));
        names.Add(new string('o', 90));
        Lines(names, 40)[1].ShouldBe(new string('o', 90), "a name is never cut");
    }

    private static string[] Lines(RowSet table, int width)
    {
        var cli = new TestCli { IsTerminal = true, Width = width };
        new Report(cli.Context(), isJson: false).Write(table);
        return cli.Out.TrimEnd('\n').Split('\n');
    }

    [Fact]
    public void Programs_get_one_object_a_line_with_plain_numbers()
    {
        var cli = new TestCli();
        new Report(cli.Context(), isJson: true).Write(Sizes());
        cli.Out.ShouldBe(
            """{"topic":"orders \"é\"","sizeBytes":1536,"replicas":[1,2]}""" + Environment.NewLine
            + $$"""{"topic":"{{new string('o', 90)}}","sizeBytes":null,"replicas":[]}""" + Environment.NewLine);
    }

    [Fact]
    public void An_empty_table_says_so_to_people_and_nothing_to_programs()
    {
        var people = new TestCli();
        new Report(people.Context(), isJson: false).Write(new RowSet(Column.Text("topic")) { WhenEmpty = "no topics" });
        people.Out.Trim().ShouldBe("no topics");
        var program = new TestCli();
        new Report(program.Context(), isJson: true).Write(new RowSet(Column.Text("topic")));
        program.Out.ShouldBeEmpty();
    }

    [Fact]
    public void What_was_done_is_a_sentence_or_an_object()
    {
        Facts facts = new Facts().Add("topic", "orders").Add("created", true).Add("error", Cell.None);
        var people = new TestCli();
        new Report(people.Context(), isJson: false).Done("Created topic orders.", facts);
        people.Out.Trim().ShouldBe("Created topic orders.");
        var program = new TestCli();
        new Report(program.Context(), isJson: true).Done("Created topic orders.", facts);
        program.Out.Trim().ShouldBe("""{"topic":"orders","created":true,"error":null}""");
    }

    [Theory]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1024L, "1.0 KiB")]
    [InlineData(1536L, "1.5 KiB")]
    [InlineData(1048570L, "1.0 MiB")]
    [InlineData(123L * 1024 * 1024 * 1024, "123 GiB")]
    public void Sizes_in_three_digits(long bytes, string expected) => Units.Bytes(bytes).ShouldBe(expected);

    [Theory]
    [InlineData(12L, "12 ms")]
    [InlineData(1500L, "1.5 s")]
    [InlineData(61_000L, "1 min 1 s")]
    [InlineData(12_000_000L, "3 h 20 min")]
    [InlineData(604_800_000L, "7 d")]
    public void Time_spans_in_two_units(long ms, string expected) => Units.Milliseconds(ms).ShouldBe(expected);

    [Theory]
    [InlineData(0, 10, "")]
    [InlineData(10, 10, "████")]
    [InlineData(5, 10, "██")]
    [InlineData(0.0001, 10, "▏")]
    [InlineData(3, 8, "█▌")]
    public void Bars_to_the_eighth(double value, double largest, string expected) => Pictures.Bar(value, largest, 4).ShouldBe(expected);

    [Fact]
    public void Bars_are_plain_where_there_is_no_Unicode()
    {
        Pictures.Bar(1, 2, 4, isUnicode: false).ShouldBe("##");
        Pictures.Bar(1, 1000, 4, isUnicode: false).ShouldBe("#");
    }

    [Fact]
    public void A_sparkline_has_the_last_values_between_nothing_and_the_largest()
    {
        Pictures.Sparkline([100, 0, 1, 2, 4], 4).ShouldBe("▁▃▅█");
        Pictures.Sparkline([0, 0], 4).ShouldBe("▁▁");
    }

    private static RowSet Sizes()
    {
        var table = new RowSet(Column.Text("topic"), Column.Number("sizeBytes", "size"), Column.Text("replicas")) { Bar = row => row == 0 ? 1536 : 0 };
        table.Add("orders \"é\"", Cell.Bytes(1536), Cell.Numbers([1, 2]));
        table.Add(new string('o', 90), Cell.None, Cell.Numbers([]));
        return table;
    }
}
