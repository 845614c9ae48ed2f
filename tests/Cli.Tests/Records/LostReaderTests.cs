using System.Text;
using Moldau.Testing;

namespace Moldau.Cli.Tests;

public class LostReaderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("consume", "few", "--from-beginning", "-b")]
    [InlineData("consume", "few", "--from-beginning", "--group", "readers", "-b")]
    [InlineData("cat", "-C", "-q", "-t", "few", "-b")]
    [InlineData("cat", "-q", "-G", "kcats", "few", "-b")]
    public async Task A_command_that_waits_for_records_ends_when_nobody_reads_its_output(params string[] line)
    {
        await using var node = await TestNode.StartAsync(options => options.UsesSockets = false, TestContext.Current.CancellationToken);
        (await new TestCli { Network = node.Node.Network }.RunAsync("topics", "create", "few", "--partitions", "1", "-b", node.BootstrapServers)).ShouldBe(CommandExit.Ok);
        (await new TestCli { Network = node.Node.Network, Input = "one\ntwo\nthree\n"u8.ToArray() }.RunAsync("produce", "few", "-b", node.BootstrapServers)).ShouldBe(CommandExit.Ok);

        // As head -1: it reads what is there, and leaves; nothing more is written that would show it.
        var output = new MemoryStream();
        var cli = new TestCli { Network = node.Node.Network, Output = output, HasLostReader = () => output.Length > 0 };
        int code = await cli.RunAsync([.. line, node.BootstrapServers]).WaitAsync(Patience, TestContext.Current.CancellationToken);

        code.ShouldBe(CommandExit.Ok, cli.Error);
        Encoding.UTF8.GetString(output.ToArray()).ShouldBe("one\ntwo\nthree\n");
        cli.Error.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broken_pipe_that_is_seen_while_the_next_records_are_awaited_is_no_error()
    {
        await using var node = await TestNode.StartAsync(options => options.UsesSockets = false, TestContext.Current.CancellationToken);
        (await new TestCli { Network = node.Node.Network }.RunAsync("topics", "create", "few", "--partitions", "1", "-b", node.BootstrapServers)).ShouldBe(CommandExit.Ok);
        (await new TestCli { Network = node.Node.Network, Input = "one\n"u8.ToArray() }.RunAsync("produce", "few", "-b", node.BootstrapServers)).ShouldBe(CommandExit.Ok);

        // A stream that takes nothing: the write comes when the one batch is read and the next is awaited.
        var cli = new TestCli { Network = node.Node.Network, Output = new BrokenPipe() };
        (await cli.RunAsync("consume", "few", "--from-beginning", "-b", node.BootstrapServers).WaitAsync(Patience, TestContext.Current.CancellationToken)).ShouldBe(CommandExit.Ok, cli.Error);
    }

    private sealed class BrokenPipe : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
