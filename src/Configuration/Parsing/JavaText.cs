using System.Globalization;

namespace Moldau.Configuration;

/// <summary>Text and numbers as Java reads and writes them, as clients and files of Apache Kafka expect them.</summary>
internal static class JavaText
{
    /// <summary>Java's <c>String.trim</c>: cuts everything up to and including the space, control characters too, and no other white space.</summary>
    public static string Trim(string text)
    {
        int from = 0;
        int to = text.Length;
        while (from < to && text[from] <= ' ')
        {
            from++;
        }

        while (to > from && text[to - 1] <= ' ')
        {
            to--;
        }

        return text[from..to];
    }

    public static bool TryParseDouble(string text, out double value)
    {
        // Java reads a type letter behind the number.
        string digits = text.Length > 1 && text[^1] is 'd' or 'D' or 'f' or 'F' && char.IsAsciiDigit(text[^2]) ? text[..^1] : text;
        return double.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Java's <c>Double.toString</c>: always a digit behind the point, an exponent from 10^7 on and below 10^-3.</summary>
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        // "E16" would round: the shortest digits that read back as the same number come from "R".
        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        string mantissa = shortest;
        int exponent = 0;
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        if (e >= 0)
        {
            mantissa = shortest[..e];
            exponent = int.Parse(shortest[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        int pointAt = (point < 0 ? mantissa.Length : point) + exponent;
        int zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.TrimStart('0').TrimEnd('0');
        pointAt -= zeros;
        string sign = value < 0 ? "-" : "";
        if (pointAt is > -3 and <= 7)
        {
            return sign + Plain(digits, pointAt);
        }

        string fraction = digits.Length > 1 ? digits[1..] : "0";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}.{fraction}E{pointAt - 1}");
    }

    private static string Plain(string digits, int pointAt)
    {
        if (pointAt <= 0)
        {
            return "0." + new string('0', -pointAt) + digits;
        }

        return digits.Length <= pointAt
            ? digits + new string('0', pointAt - digits.Length) + ".0"
            : digits[..pointAt] + "." + digits[pointAt..];
    }
}
