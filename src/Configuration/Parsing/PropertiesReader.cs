using System.Globalization;
using System.Text;

namespace Moldau.Configuration;

/// <summary>
/// Reads Java's <c>.properties</c> files as <c>java.util.Properties.load</c> does: ISO 8859-1 bytes, comments with # and !, keys that end at '=', ':' or white space,
/// lines continued by a backslash, escapes with \uXXXX. A key given twice has its last value.
/// </summary>
public static class PropertiesReader
{
    /// <summary>Reads a whole file. Throws <see cref="ConfigurationException"/> for a malformed \u escape, which Java refuses too; everything else is legal.</summary>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> file) => Read(Encoding.Latin1.GetString(file));

    /// <summary>Reads text that is decoded already.</summary>
    public static Dictionary<string, string> Read(string text)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = 0;
        int lineNumber = 0;
        while (NextLogicalLine(text, ref at, ref lineNumber) is { } line)
        {
            int keyEnd = KeyEnd(line);
            int valueStart = ValueStart(line, keyEnd);
            properties[Unescape(line[..keyEnd], lineNumber)] = Unescape(line[valueStart..], lineNumber);
        }

        return properties;
    }

    /// <summary>The next line that is neither blank nor a comment, with its continuation lines joined; null at the end.</summary>
    private static string? NextLogicalLine(string text, ref int at, ref int lineNumber)
    {
        StringBuilder? joined = null;
        while (at < text.Length)
        {
            int end = text.AsSpan(at).IndexOfAny('\r', '\n');
            end = end < 0 ? text.Length : at + end;
            string line = text[at..end].TrimStart(' ', '\t', '\f');
            lineNumber++;
            at = end < text.Length && text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : Math.Min(end + 1, text.Length);
            if (joined is null && (line.Length == 0 || line[0] is '#' or '!'))
            {
                continue;
            }

            int backslashes = line.Length - line.AsSpan().TrimEnd('\\').Length;
            bool continues = backslashes % 2 == 1;
            joined = (joined ?? new StringBuilder()).Append(continues ? line.AsSpan(0, line.Length - 1) : line);
            if (!continues)
            {
                return joined.ToString();
            }
        }

        return joined is { Length: > 0 } ? joined.ToString() : null;
    }

    private static int KeyEnd(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] is '=' or ':' or ' ' or '\t' or '\f')
            {
                return i;
            }
        }

        return line.Length;
    }

    private static int ValueStart(string line, int keyEnd)
    {
        int at = keyEnd;
        bool separator = false;
        while (at < line.Length && (line[at] is ' ' or '\t' or '\f' || (!separator && line[at] is '=' or ':')))
        {
            separator |= line[at] is '=' or ':';
            at++;
        }

        return at;
    }

    private static string Unescape(string text, int lineNumber)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                result.Append(text[i]);
                continue;
            }

            if (++i == text.Length)
            {
                break;
            }

            if (text[i] != 'u')
            {
                result.Append(text[i] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
                continue;
            }

            if (i + 4 >= text.Length || !ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                throw new ConfigurationException($"line {lineNumber}: malformed \\uxxxx escape in \"{text}\": four hexadecimal digits must follow \\u");
            }

            result.Append((char)unit);
            i += 4;
        }

        return result.ToString();
    }
}
