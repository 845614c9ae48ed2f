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

    [Theory]
    [InlineData("moldau topics describe or", "")]
    [InlineData("moldau topics desc", "describe\n")]
    [InlineData("moldau topics list --exc", "--exclude-internal\n")]
    [InlineData("moldau partitions elect --type pre", "preferred\n")]
    public async Task Only_what_begins_with_the_word_is_suggested_and_a_cluster_that_is_not_there_is_no_error(string line, string suggested)
    {
        var cli = new TestCli();
        (await cli.RunAsync($"[suggest:{line.Length}]", line)).ShouldBe(0);
        cli.Out.ReplaceLineEndings("\n").ShouldBe(suggested);
        cli.Error.ShouldBe("");
    }

    [Fact]
    public async Task Words_behind_the_cursor_do_not_count()
    {
        var cli = new TestCli();
        (await cli.RunAsync("[suggest:12]", "moldau topic describe")).ShouldBe(0);
        cli.Out.ShouldBe("topics" + Environment.NewLine);
    }
}
