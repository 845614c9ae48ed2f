namespace Moldau.Host.Tests;

public sealed class StartLineTests
{
    [Fact]
    public void The_usual_line_is_read_without_the_parser()
    {
        StartLine line = StartLine.Read(["start", "--override", "node.id=1", "-c", "server.properties", "--override", "log.dirs=a,b", "--no-format", "--log-json"]).ShouldNotBeNull();

        line.File.ShouldBe("server.properties");
        line.Overrides.ShouldBe(["node.id=1", "log.dirs=a,b", "log.json=true"]);
        line.Format.ShouldBeFalse();
    }

    [Fact]
    public void A_command_alone_is_a_node_on_its_defaults()
    {
        StartLine line = StartLine.Read(["start"]).ShouldNotBeNull();

        line.File.ShouldBeNull();
        line.Overrides.ShouldBeEmpty();
        line.Format.ShouldBeTrue();
    }

    [Theory]
    [InlineData]
    [InlineData("version")]
    [InlineData("start", "--help")]
    [InlineData("start", "--verbose")]
    [InlineData("start", "server.properties")]
    [InlineData("start", "--config")]
    [InlineData("start", "--config", "--no-format")]
    [InlineData("start", "--config", "a", "--config", "b")]
    [InlineData("start", "--override=node.id=1")]
    [InlineData("start", "--override", "@file")]
    [InlineData("start", "--no-format", "true")]
    [InlineData("start", "--no-format", "--no-format")]
    public void Every_other_line_is_for_the_parser(params string[] line) => StartLine.Read(line).ShouldBeNull();
}
