namespace Moldau.Cli.Tests;

public class CompletionTests
{
    [Theory]
    [InlineData("bash", "complete -F _moldau_completion moldau")]
    [InlineData("zsh", "#compdef moldau")]
    [InlineData("fish", "complete -c moldau")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName moldau")]
    public async Task Each_shell_has_a_script_that_asks_the_program(string shell, string line)
    {
        var cli = new TestCli();
        (await cli.RunAsync("completion", shell)).ShouldBe(0);
        cli.Out.ShouldContain(line);
        cli.Out.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task Another_shell_is_refused_with_those_that_there_are()
    {
        var cli = new TestCli();
        (await cli.RunAsync("completion", "tcsh")).ShouldBe(2);
        cli.Error.ShouldContain("bash, zsh, fish, pwsh");
    }

    [Fact]
    public async Task The_program_suggests_commands_and_options()
    {
        var cli = new TestCli();
        (await cli.RunAsync("[suggest:12]", "moldau compl")).ShouldBe(0);
        cli.Out.ShouldContain("completion");
    }

    [Fact]
    public async Task Help_ends_with_examples()
    {
        var cli = new TestCli();
        (await cli.RunAsync("completion", "--help")).ShouldBe(0);
        cli.Out.ShouldContain("Examples:");
        cli.Out.ShouldContain("source <(moldau completion bash)");
    }
}
