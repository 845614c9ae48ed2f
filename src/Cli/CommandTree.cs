using System.CommandLine;

namespace Moldau.Cli;

/// <summary>The commands over the protocol, as the program adds them to its own. Nothing is connected to before one of them runs.</summary>
public static class CommandTree
{
    /// <summary>Adds the commands to the program's tree, and examples to its help.</summary>
    public static void AddTo(RootCommand root, CliContext context)
    {
        root.Subcommands.Add(TopicsCommand.Build(context));
        root.Subcommands.Add(ProduceCommand.Build(context));
        root.Subcommands.Add(ConsumeCommand.Build(context));
        root.Subcommands.Add(GroupsCommand.Build(context));
        root.Subcommands.Add(ConfigsCommand.Build(context));
        root.Subcommands.Add(PartitionsCommand.Build(context));
        root.Subcommands.Add(AclsCommand.Build(context));
        root.Subcommands.Add(UsersCommand.Build(context));
        root.Subcommands.Add(TokensCommand.Build(context));
        root.Subcommands.Add(TransactionsCommand.Build(context));
        root.Subcommands.Add(ClusterCommand.Build(context));
        root.Subcommands.Add(QuorumCommand.Build(context));
        root.Subcommands.Add(BenchCommand.Build(context));
        root.Subcommands.Add(CheckCommand.Build(context));
        root.Subcommands.Add(CatCommand.Build());
        root.Subcommands.Add(CompletionCommand.Build(context));
        HelpWithExamples.Install(root);
    }

    /// <summary>Runs a command whose options are not read as those of the tree; null when it is none.</summary>
    public static async Task<int?> RunWithoutTreeAsync(CliContext context, RootCommand root, IReadOnlyList<string> line) => line[0] switch
    {
        CatCommand.Name => await CatCommand.RunAsync(context, [.. line.Skip(1)]),
        _ when Suggestions.IsAsked(line) => await Suggestions.RunAsync(context, root, line),
        _ => null,
    };
}
