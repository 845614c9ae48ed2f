using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Moldau.Security;

/// <summary>
/// Names of users and client ids where special characters would harm: percent-encoded in names of metrics and of quota entities, quoted in tags of
/// metrics. Stateless; any thread.
/// </summary>
public static class Sanitizer
{
    // Half of a surrogate pair has no bytes in UTF-8; Kafka puts a question mark there.
    private static readonly Encoding Utf8 = Encoding.GetEncoding("utf-8", new EncoderReplacementFallback("?"), DecoderFallback.ReplacementFallback);

    /// <summary>The name with every byte percent-encoded but those of ASCII letters, digits, dot, hyphen and underscore.</summary>
    public static string Sanitize(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var value in Utf8.GetBytes(name))
        {
            if (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'-' or (byte)'_')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>The name that was sanitized; false when a percent sign is not followed by two hexadecimal digits.</summary>
    public static bool TryDesanitize(string sanitized, [NotNullWhen(true)] out string? name)
    {
        name = null;
        var text = new StringBuilder(sanitized.Length);
        var bytes = new List<byte>();
        for (var index = 0; index < sanitized.Length; index++)
        {
            if (sanitized[index] == '%')
            {
                if (index + 2 >= sanitized.Length
                    || !byte.TryParse(sanitized.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                {
                    return false;
                }

                bytes.Add(value);
                index += 2;
                continue;
            }

            AppendDecoded(text, bytes);
            text.Append(sanitized[index] == '+' ? ' ' : sanitized[index]);
        }

        AppendDecoded(text, bytes);
        name = text.ToString();
        return true;
    }

    /// <summary>The name, in quotes when it has a character that is not safe as the value of a metric's tag.</summary>
    public static string Quote(string name)
    {
        if (name.All(IsSafeInTag))
        {
            return name;
        }

        var text = new StringBuilder(name.Length + 2).Append('"');
        foreach (var unit in name)
        {
            if (unit == '\n')
            {
                text.Append("\\n");
                continue;
            }

            if (unit is '"' or '\\' or '*' or '?')
            {
                text.Append('\\');
            }

            text.Append(unit);
        }

        return text.Append('"').ToString();
    }

    private static bool IsSafeInTag(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '_' or '-' or '%' or '.' or ' ' or '\t';

    private static void AppendDecoded(StringBuilder text, List<byte> bytes)
    {
        text.Append(Utf8.GetString([.. bytes]));
        bytes.Clear();
    }
}
