using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau completion</c>: the script that teaches a shell the commands and options.</summary>
internal static class CompletionCommand
{
    public static Command Build(CliContext context)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", CompletionScripts.Shells) };
        shell.CompletionSources.Add([.. CompletionScripts.Shells]);
        var command = new CliCommand("completion", "Print what makes a shell complete commands and options.", "source <(moldau completion bash)") { shell };
        command.SetAction((parsed, _) => Invoker.RunAsync(context, _ =>
        {
            context.Out.WriteLine(CompletionScripts.Of(parsed.GetValue(shell)!));
            return Task.FromResult(CommandExit.Ok);
        }));
        return command;
    }
}
