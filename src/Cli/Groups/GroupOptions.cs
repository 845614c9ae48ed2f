using System.CommandLine;

namespace Moldau.Cli;

/// <summary>Which groups a command is about: as arguments, with <c>--group</c> as Kafka's scripts have it, or all.</summary>
internal sealed class GroupOptions(bool canBeAll)
{
    private readonly Argument<string[]> _names = new("GROUP") { Arity = ArgumentArity.ZeroOrMore, Description = "Names of groups." };

    private readonly Option<string[]> _group = new("--group") { Description = "The same, as Kafka's scripts have it.", HelpName = "GROUP" };

    private readonly Option<bool> _all = new("--all-groups") { Description = "All groups." };

    public void AddTo(Command command)
    {
        ClusterNames.Groups.Complete(_names.CompletionSources);
        ClusterNames.Groups.Complete(_group.CompletionSources);
        command.Arguments.Add(_names);
        command.Options.Add(_group);
        if (canBeAll)
        {
            command.Options.Add(_all);
        }
    }

    /// <summary>The names given; null for all groups.</summary>
    /// <exception cref="CliException">Neither a name nor all.</exception>
    public IReadOnlyList<string>? Get(ParseResult parsed)
    {
        if (canBeAll && parsed.GetValue(_all))
        {
            return null;
        }

        List<string> names = [.. (parsed.GetValue(_names) ?? []).Concat(parsed.GetValue(_group) ?? []).Distinct(StringComparer.Ordinal)];
        return names.Count > 0 ? names : throw CliException.Usage(canBeAll ? "which group? give its name, or --all-groups" : "which group? give its name", "\"moldau groups list\" shows them");
    }
}
