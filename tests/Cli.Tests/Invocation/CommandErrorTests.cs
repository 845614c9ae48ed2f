namespace Moldau.Cli.Tests;

public class CommandErrorTests
{
    [Theory]
    [InlineData("which topic? give its name", "topics", "create")]
    [InlineData("which topic? give its name", "produce")]
    [InlineData("which topics?", "consume")]
    [InlineData("which group?", "groups", "describe")]
    [InlineData("--config nonsense: it must be KEY=VALUE", "topics", "create", "t", "--config", "nonsense")]
    [InlineData("--command-property x: it must be KEY=VALUE", "topics", "list", "--command-property", "x")]
    [InlineData("--command-config /nowhere:", "topics", "list", "--command-config", "/nowhere")]
    [InlineData("whose configuration?", "configs", "describe")]
    [InlineData("--entity-type x: it must be one of topics", "configs", "describe", "--entity-type", "x")]
    [InlineData("where to begin? one of", "consume", "t", "--from-beginning", "--tail", "3")]
    [InlineData("who? --allow-principal", "acls", "add", "--topic", "t")]
    [InlineData("which topic? -t TOPIC", "cat", "-C")]
    [InlineData("principal alice: it must be TYPE:NAME", "tokens", "create", "--renewer-principal", "alice")]
    [InlineData("--max-life-time-period -2: it must be milliseconds, or -1", "tokens", "create", "--max-life-time-period", "-2")]
    [InlineData("which token?", "tokens", "renew")]
    [InlineData("which token?", "tokens", "expire", "id", "--hmac", "aaaa")]
    [InlineData("--hmac is not in base64", "tokens", "expire", "--hmac", "a!b")]
    public async Task Wrong_arguments_exit_2_with_what_would_be_right(string message, params string[] args)
    {
        var cli = new TestCli { Network = new Moldau.Runtime.MemoryNetwork() };
        Moldau.Runtime.INetworkListener listener = cli.Network.Listen("localhost", 9092);
        (await cli.RunAsync(args)).ShouldBe(2, cli.Error);
        cli.Error.ShouldContain(message);
        cli.Out.ShouldBeEmpty();
        listener.Dispose();
    }
}
