using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Moldau.Coordination;

/// <summary>
/// A regular expression over names of topics, in the syntax of RE2 (Apache Kafka reads them with RE2/J), that matches the whole name in time linear in
/// its length whatever the pattern (KIP-848). Immutable; any thread.
/// </summary>
public sealed class TopicPattern
{
    private readonly Regex _regex;

    private TopicPattern(string text, Regex regex)
    {
        Text = text;
        _regex = regex;
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern; false with RE2/J's description of what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out TopicPattern? pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = null;
        var parser = new TopicPatternParser(text);
        error = parser.Parse();
        if (error is not null)
        {
            return false;
        }

        pattern = new TopicPattern(text, new Regex(parser.Translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        return true;
    }

    /// <summary>Whether the whole name matches.</summary>
    public bool Matches(string topic) => _regex.IsMatch(topic);
}
