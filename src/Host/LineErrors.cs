using System.Text.RegularExpressions;

namespace Moldau.Host;

/// <summary>Errors of the command line in words for people: the parser names types of .NET, which mean nothing to whoever typed the line. Pure.</summary>
internal static class LineErrors
{
    /// <summary>What the parser said, or the same without types.</summary>
    public static string Plain(string message)
    {
        Match match = Regex.Match(message, @"^Cannot parse argument '(?<value>.*)' for (?<what>option|command) '(?<name>[^']*)' as expected type '(?<type>[^']*)'\.", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline);
        if (!match.Success)
        {
            return message;
        }

        string type = match.Groups["type"].Value;
        string right = type.Contains("Int", StringComparison.Ordinal) ? "a whole number" : type.Contains("Boolean", StringComparison.Ordinal) ? "true or false" : "a number";
        return $"{match.Groups["name"].Value} '{match.Groups["value"].Value}': it must be {right}";
    }
}
