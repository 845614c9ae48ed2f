namespace Moldau.Cli.Tests;

public class PartitionPatternTests
{
    [Theory]
    [InlineData("orders:0", "orders 0")]
    [InlineData("orders:1-3", "orders 1,orders 2")]
    [InlineData("orders:3-", "orders 3")]
    [InlineData(":-1", "bills 0,orders 0")]
    [InlineData("bills", "bills 0,bills 1,bills 2,bills 3")]
    [InlineData("o.*:2,bills:3", "bills 3,orders 2")]
    public void A_pattern_names_partitions_as_Kafkas_script_reads_it(string text, string partitions)
    {
        IReadOnlyList<PartitionPattern> patterns = PartitionPattern.Parse([], [], [text]);
        string[] covered = [.. from topic in new[] { "bills", "orders" } from partition in Enumerable.Range(0, 4) where patterns.Any(pattern => pattern.Covers(topic, partition)) select $"{topic} {partition}"];
        string.Join(",", covered).ShouldBe(partitions);
    }

    [Fact]
    public void Partitions_hold_for_all_topics_named_or_for_all_that_there_are()
    {
        PartitionPattern.Parse(["orders"], ["1", "2,3"], []).ShouldBe([new("orders", 1, 2), new("orders", 2, 3), new("orders", 3, 4)]);
        PartitionPattern.Parse([], ["0"], []).ShouldBe([new(".*", 0, 1)]);
        PartitionPattern.Parse([], [], []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("orders:x")]
    [InlineData("orders:1:2")]
    public void What_is_no_pattern_is_refused(string text) => Should.Throw<CliException>(() => PartitionPattern.Parse([], [], [text])).Message.ShouldContain(text);

    [Fact]
    public void Both_ways_at_once_are_refused() => Should.Throw<CliException>(() => PartitionPattern.Parse(["orders"], [], ["bills:0"]));
}
