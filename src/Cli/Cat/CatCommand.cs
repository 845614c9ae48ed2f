using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau cat</c>: kcat's one-liners, with kcat's options.</summary>
internal static class CatCommand
{
    public const string Name = "cat";

    /// <summary>Its place in the tree, for help and completion; the options are read by <see cref="RunAsync"/>.</summary>
    public static Command Build() => new(Name, "Produce, consume, list and query in one line, with kcat's options: moldau cat -h shows them.") { TreatUnmatchedTokensAsErrors = false };

    public static Task<int> RunAsync(CliContext context, IReadOnlyList<string> args) => Invoker.RunAsync(context, cancellation =>
    {
        CatOptions options = CatOptions.Parse(args);
        if (options.ShowsHelp)
        {
            context.Out.WriteLine(CatHelp.Text);
            return Task.FromResult(CommandExit.Ok);
        }

        throw CliException.Failed("cat has no client yet");
    });
}
