using System.Globalization;
using System.Text;

namespace Moldau.Storage;

/// <summary>The part of Java's properties format that <c>meta.properties</c> uses: comments, the separators '=', ':' and white space, escapes, continued
/// lines.</summary>
internal static class JavaProperties
{
    public static Dictionary<string, string> Parse(string text)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in LogicalLines(text))
        {
            var keyEnd = 0;
            while (keyEnd < line.Length && !IsSeparator(line[keyEnd]))
            {
                keyEnd += line[keyEnd] == '\\' ? 2 : 1;
            }

            keyEnd = Math.Min(keyEnd, line.Length);
            var valueStart = keyEnd;
            while (valueStart < line.Length && IsWhite(line[valueStart]))
            {
                valueStart++;
            }

            if (valueStart < line.Length && line[valueStart] is '=' or ':')
            {
                valueStart++;
                while (valueStart < line.Length && IsWhite(line[valueStart]))
                {
                    valueStart++;
                }
            }

            properties[Unescape(line.AsSpan(0, keyEnd))] = Unescape(line.AsSpan(valueStart));
        }

        return properties;
    }

    public static string EscapeValue(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            if (character is '=' or ':' or '#' or '!' or '\\' || (character == ' ' && i == 0))
            {
                text.Append('\\').Append(character);
            }
            else if (character is < ' ' or > '~')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            }
            else
            {
                text.Append(character);
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> LogicalLines(string text)
    {
        string? pending = null;
        foreach (var line in CheckpointText.Lines(text))
        {
            var trimmed = line.TrimStart(' ', '\t', '\f');
            if (pending is null && (trimmed.Length == 0 || trimmed[0] is '#' or '!'))
            {
                continue;
            }

            var whole = pending + trimmed;
            var backslashes = whole.Length - whole.TrimEnd('\\').Length;
            if (backslashes % 2 == 1)
            {
                pending = whole[..^1];
                continue;
            }

            pending = null;
            yield return whole;
        }

        if (pending is not null)
        {
            yield return pending;
        }
    }

    private static bool IsWhite(char character) => character is ' ' or '\t' or '\f';

    private static bool IsSeparator(char character) => IsWhite(character) || character is '=' or ':';

    private static string Unescape(ReadOnlySpan<char> source)
    {
        if (!source.Contains('\\'))
        {
            return source.ToString();
        }

        var text = new StringBuilder(source.Length);
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 == source.Length)
            {
                text.Append(source[i]);
                continue;
            }

            i++;
            if (source[i] == 'u' && i + 4 < source.Length && int.TryParse(source.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                i += 4;
                continue;
            }

            text.Append(source[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
        }

        return text.ToString();
    }
}
