using System.Globalization;

namespace Moldau.Cli;

/// <summary>Where reading begins, and where it ends: kcat's -o. Immutable.</summary>
/// <param name="Kind">What the number means.</param>
/// <param name="Value">An offset, a count of records before the end, or milliseconds since 1970.</param>
/// <param name="StopTimestampMs">The time at which a partition's reading ends; null for never.</param>
internal sealed record StartPosition(StartKind Kind, long Value = 0, long? StopTimestampMs = null)
{
    /// <summary>beginning | end | stored | N | -N | s@MS | e@MS, the last two also together; a time may be ISO 8601 here.</summary>
    /// <exception cref="CliException">It is none of them.</exception>
    public static StartPosition Parse(string option, IReadOnlyList<string> texts, StartKind unless)
    {
        var position = new StartPosition(unless);
        foreach (string text in texts)
        {
            position = text switch
            {
                "beginning" or "earliest" or "smallest" => position with { Kind = StartKind.Beginning },
                "end" or "latest" or "largest" => position with { Kind = StartKind.End },
                "stored" => position with { Kind = StartKind.Stored },
                _ when text.StartsWith("s@", StringComparison.Ordinal) => position with { Kind = StartKind.Timestamp, Value = Time(option, text) },
                _ when text.StartsWith("e@", StringComparison.Ordinal) => position with { StopTimestampMs = Time(option, text) },
                _ when text.StartsWith('-') && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out long back) => position with { Kind = StartKind.BeforeEnd, Value = back },
                _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long offset) => position with { Kind = StartKind.Offset, Value = offset },
                _ => throw CliException.Usage($"{option} {text}: it must be beginning, end, stored, an offset, -N for the last N, s@TIME or e@TIME"),
            };
        }

        return position;
    }

    private static long Time(string option, string text)
    {
        string time = text[2..];
        if (long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out long ms))
        {
            return ms;
        }

        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? at.ToUnixTimeMilliseconds()
            : throw CliException.Usage($"{option} {text}: the time must be milliseconds since 1970, or like 2026-11-21T18:30:00Z");
    }
}
