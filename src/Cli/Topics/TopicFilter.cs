using System.CommandLine;
using System.Text.RegularExpressions;

namespace Moldau.Cli;

/// <summary>
/// Which topics a command is about: names as arguments, or <c>--topic</c> as Kafka's scripts have it. A name may be a regular expression that covers whole names; commas stand between alternatives.
/// </summary>
internal sealed class TopicFilter
{
    private readonly Argument<string[]> _names = new("TOPIC") { Arity = ArgumentArity.ZeroOrMore, Description = "Names, or regular expressions over whole names." };

    private readonly Option<string[]> _topic = new("--topic", "--topic-list") { Description = "The same, as Kafka's scripts have it.", HelpName = "TOPIC" };

    public void AddTo(Command command)
    {
        ClusterNames.Topics.Complete(_names.CompletionSources);
        ClusterNames.Topics.Complete(_topic.CompletionSources);
        command.Arguments.Add(_names);
        command.Options.Add(_topic);
    }

    /// <summary>What was given, commas taken apart; empty for all.</summary>
    public IReadOnlyList<string> Given(ParseResult parsed) =>
    [
        .. (parsed.GetValue(_names) ?? []).Concat(parsed.GetValue(_topic) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
    ];

    /// <summary>Exactly one or more names that were given.</summary>
    /// <exception cref="CliException">None was.</exception>
    public IReadOnlyList<string> Names(ParseResult parsed) =>
        Given(parsed) is { Count: > 0 } names ? names : throw CliException.Usage("which topic? give its name");

    /// <summary>Those of <paramref name="names"/> that were asked for.</summary>
    public static IReadOnlyList<string> Choose(IReadOnlyList<string> asked, IEnumerable<string> names)
    {
        if (asked.Count == 0)
        {
            return [.. names];
        }

        Regex[] patterns = [.. asked.Select(Pattern)];
        return [.. names.Where(name => Array.Exists(patterns, pattern => pattern.IsMatch(name)))];
    }

    private static Regex Pattern(string text)
    {
        try
        {
            return new Regex($"^(?:{text})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException exception)
        {
            throw CliException.Usage($"topic {text}: {exception.Message}");
        }
    }
}
