using System.Globalization;

namespace Moldau.Configuration;

/// <summary>
/// Which values of a key are good. Built from the table's "valid values" column, which has the text that Apache Kafka's documentation shows: <c>[0,...]</c>, <c>[1,...,9] or -1</c>,
/// <c>[compact, delete]</c>. Immutable; safe from any thread.
/// </summary>
public sealed class ConfigValidator
{
    private const string IgnoreCasePrefix = "(case insensitive) ";
    private const string ThrottledReplicas = "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
    private const string OffsetReset = "[latest, earliest, by_duration:PnDTnHnMn.nS]";

    private readonly Kind _kind;
    private readonly string? _min;
    private readonly string? _max;
    private readonly double _minNumber = double.NegativeInfinity;
    private readonly double _maxNumber = double.PositiveInfinity;
    private readonly string? _except;
    private readonly string[] _values = [];

    private ConfigValidator(string text, ConfigType type)
    {
        Text = text;
        if (text.Length == 0)
        {
            _kind = type == ConfigType.List ? Kind.List : Kind.None;
        }
        else if (text.Contains(",...", StringComparison.Ordinal) && text[0] == '[' && text != ThrottledReplicas)
        {
            _kind = Kind.Range;
            int end = text.IndexOf(']', StringComparison.Ordinal);
            string[] parts = text[1..end].Split(",...");
            _min = parts[0];
            _max = parts[1].TrimStart(',') is { Length: > 0 } max ? max : null;
            _minNumber = double.Parse(_min, CultureInfo.InvariantCulture);
            _maxNumber = _max is null ? double.PositiveInfinity : double.Parse(_max, CultureInfo.InvariantCulture);
            int or = text.IndexOf(" or ", StringComparison.Ordinal);
            _except = or < 0 ? null : text[(or + 4)..];
        }
        else
        {
            _kind = text switch
            {
                ThrottledReplicas => Kind.ThrottledReplicas,
                OffsetReset => Kind.OffsetReset,
                "non-empty string" => Kind.NonEmptyString,
                "non-null string" => Kind.NonNull,
                "non-empty list" => Kind.List,
                _ => text.StartsWith(IgnoreCasePrefix, StringComparison.Ordinal) ? Kind.OneOfIgnoreCase : type == ConfigType.List ? Kind.ListOf : Kind.OneOf,
            };
            string values = _kind == Kind.OneOfIgnoreCase ? text[IgnoreCasePrefix.Length..] : text;
            _values = _kind is Kind.OneOf or Kind.ListOf or Kind.OneOfIgnoreCase ? values.Trim('[', ']').Split(", ") : [];
        }
    }

    private enum Kind
    {
        None,
        Range,
        OneOf,
        OneOfIgnoreCase,
        List,
        ListOf,
        NonEmptyString,
        NonNull,
        ThrottledReplicas,
        OffsetReset,
    }

    /// <summary>The rule as documentation shows it; empty when every value of the type is good.</summary>
    public string Text { get; }

    internal static ConfigValidator Parse(string text, ConfigType type) => new(text, type);

    /// <summary>Null when the parsed value is good, else the whole error text.</summary>
    internal string? Check(ConfigKey key, object? value) => _kind switch
    {
        Kind.None => null,
        Kind.Range => CheckRange(key, value),
        Kind.OneOf => Array.IndexOf(_values, (string?)value) >= 0 ? null : Wrong(key, value, "String must be one of: " + string.Join(", ", _values)),
        Kind.OneOfIgnoreCase => _values.Contains((string?)value, StringComparer.OrdinalIgnoreCase)
            ? null
            : Wrong(key, value, "String must be one of (case insensitive): " + string.Join(", ", _values)),
        Kind.List or Kind.ListOf => CheckList(key, (string[]?)value),
        Kind.NonEmptyString => value is "" ? Wrong(key, value, "String must be non-empty") : null,
        Kind.NonNull => value is null ? Wrong(key, null, "entry must be non null") : null,
        Kind.ThrottledReplicas => CheckThrottledReplicas(key, (string[]?)value),
        _ => CheckOffsetReset(key, (string?)value),
    };

    private static string Wrong(ConfigKey key, object? value, string problem) =>
        ConfigParser.Invalid(key, key.IsSensitive ? "[hidden]" : ConfigParser.Format(value), problem);

    private string? CheckRange(ConfigKey key, object? value)
    {
        if (value is null)
        {
            return Wrong(key, null, "Value must be non-null");
        }

        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (_except is not null)
        {
            bool good = (number >= _minNumber && number <= _maxNumber) || number == double.Parse(_except, CultureInfo.InvariantCulture);
            return good ? null : Wrong(key, value, $"Value must be between {_min} and {_max} or equal to {_except}");
        }

        return number < _minNumber ? Wrong(key, value, $"Value must be at least {_min}")
            : number > _maxNumber ? Wrong(key, value, $"Value must be no more than {_max}")
            : null;
    }

    private string? CheckList(ConfigKey key, string[]? list)
    {
        foreach (string item in list ?? [])
        {
            if (item.Length == 0)
            {
                return $"Configuration '{key.Name}' values must not be empty.";
            }

            if (_kind == Kind.ListOf && Array.IndexOf(_values, item) < 0)
            {
                return ConfigParser.Invalid(key, item, "String must be one of: " + string.Join(", ", _values));
            }
        }

        return null;
    }

    private static string? CheckThrottledReplicas(ConfigKey key, string[]? list)
    {
        if (list is null or ["*"])
        {
            return null;
        }

        foreach (string item in list)
        {
            string[] parts = item.Split(':');
            if (item.Length > 0 && !(parts is [{ Length: > 0 }, { Length: > 0 }] && parts[0].All(char.IsAsciiDigit) && parts[1].All(char.IsAsciiDigit)))
            {
                return ConfigParser.Invalid(
                    key, $"[{string.Join(", ", list)}]", $"{key.Name} must be the literal '*' or a list of replicas in the following format: {ThrottledReplicas}");
            }
        }

        return null;
    }

    private static string? CheckOffsetReset(ConfigKey key, string? value)
    {
        if (value is "latest" or "earliest")
        {
            return null;
        }

        const string Prefix = "by_duration:";
        bool good = value is not null && value.StartsWith(Prefix, StringComparison.Ordinal)
            && IsoDuration.TryParse(value[Prefix.Length..], out TimeSpan duration) && duration >= TimeSpan.Zero;
        return good ? null : Wrong(
            key, value, $"Invalid value `{value}` for configuration {key.Name}. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.");
    }
}
