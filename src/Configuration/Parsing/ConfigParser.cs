using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Moldau.Configuration;

/// <summary>
/// Reads the text of a value by its key's type and checks it, with the words of Apache Kafka's <c>ConfigException</c>.
/// A parsed value is a bool, int, short, long, double, string (string, class, password) or string[] (list).
/// </summary>
public static class ConfigParser
{
    /// <summary>Parses and validates. False leaves the reason in <paramref name="error"/>; the value of a sensitive key is not repeated there.</summary>
    public static bool TryParse(ConfigKey key, string text, out object? value, [NotNullWhen(false)] out string? error)
    {
        string? problem = ParseType(key.Type, text, out value);
        error = problem is null ? key.Validator.Check(key, value) : Invalid(key, key.IsSensitive ? "[hidden]" : text, problem);
        return error is null;
    }

    /// <summary>A parsed value as DescribeConfigs and configuration records write it; null stays null.</summary>
    public static string? Format(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => JavaText.Format(number),
        string[] list => string.Join(',', list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"no configuration value is a {value.GetType()}", nameof(value)),
    };

    internal static string Invalid(ConfigKey key, string? value, string problem) =>
        $"Invalid value {value ?? "null"} for configuration {key.Name}: {problem}";

    internal static string[] SplitList(string trimmed)
    {
        if (trimmed.Length == 0)
        {
            return [];
        }

        string[] parts = trimmed.Split(',');
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = parts[i].Trim(' ', '\t', '\n', '\v', '\f', '\r');
        }

        return parts;
    }

    private static string? ParseType(ConfigType type, string text, out object? value)
    {
        string trimmed = JavaText.Trim(text);
        value = null;
        switch (type)
        {
            case ConfigType.Boolean:
                if (string.Equals(trimmed, "true", StringComparison.OrdinalIgnoreCase))
                {
                    value = true;
                    return null;
                }

                value = false;
                return string.Equals(trimmed, "false", StringComparison.OrdinalIgnoreCase) ? null : "Expected value to be either true or false";
            case ConfigType.Int:
                bool isInt = int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number);
                value = number;
                return isInt ? null : "Not a number of type INT";
            case ConfigType.Short:
                bool isShort = short.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out short small);
                value = small;
                return isShort ? null : "Not a number of type SHORT";
            case ConfigType.Long:
                bool isLong = long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long large);
                value = large;
                return isLong ? null : "Not a number of type LONG";
            case ConfigType.Double:
                bool isDouble = JavaText.TryParseDouble(trimmed, out double real);
                value = real;
                return isDouble ? null : "Not a number of type DOUBLE";
            case ConfigType.List:
                value = SplitList(trimmed);
                return null;
            default:
                value = trimmed;
                return null;
        }
    }
}
