using System.Globalization;

namespace Moldau.Configuration;

/// <summary>Durations of ISO 8601 in the form that Java's <c>Duration.parse</c> reads: <c>PnDTnHnMn.nS</c>.</summary>
public static class IsoDuration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        bool negative = text.StartsWith('-');
        string rest = text.TrimStart('+', '-').ToUpperInvariant();
        if (text.Length - rest.Length > 1 || rest.Length < 3 || rest[0] != 'P' || rest[^1] == 'T')
        {
            return false;
        }

        double seconds = 0;
        bool inTime = false;
        int order = -1;
        int at = 1;
        while (at < rest.Length)
        {
            if (rest[at] == 'T' && !inTime)
            {
                inTime = true;
                at++;
                continue;
            }

            int end = at;
            while (end < rest.Length && (char.IsAsciiDigit(rest[end]) || rest[end] is '.' or '-' or '+'))
            {
                end++;
            }

            if (end == rest.Length || !TryUnit(rest[end], inTime, out int unitOrder, out double unitSeconds) || unitOrder <= order
                || !double.TryParse(rest[at..end], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                || (unitOrder < 3 && number != Math.Floor(number)))
            {
                return false;
            }

            order = unitOrder;
            seconds += number * unitSeconds;
            at = end + 1;
        }

        if (Math.Abs(seconds) > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(negative ? -seconds : seconds);
        return order >= 0;
    }

    private static bool TryUnit(char unit, bool inTime, out int order, out double seconds)
    {
        (order, seconds) = (unit, inTime) switch
        {
            ('D', false) => (0, 86_400d),
            ('H', true) => (1, 3_600d),
            ('M', true) => (2, 60d),
            ('S', true) => (3, 1d),
            _ => (-1, 0d),
        };
        return order >= 0;
    }
}
