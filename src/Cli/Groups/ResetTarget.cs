using System.Globalization;
using System.Xml;

namespace Moldau.Cli;

/// <summary>To where offsets are reset. Immutable.</summary>
/// <param name="Kind">What the value means.</param>
/// <param name="Value">An offset, a number of records, or milliseconds since 1970.</param>
internal sealed record ResetTarget(ResetKind Kind, long Value = 0)
{
    /// <summary>Kafka's ISO 8601: 2026-11-21T18:00:00.000, with a zone or in UTC.</summary>
    public static ResetTarget AtTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? new ResetTarget(ResetKind.Time, time.ToUnixTimeMilliseconds())
            : throw CliException.Usage($"--to-datetime {text}: it must be like 2026-11-21T18:00:00.000 or 2026-11-21T18:00:00.000+01:00");

    /// <summary>A duration of ISO 8601 before now: PnDTnHnMnS.</summary>
    public static ResetTarget Before(string text, DateTimeOffset now)
    {
        try
        {
            return new ResetTarget(ResetKind.Time, now.Subtract(XmlConvert.ToTimeSpan(text)).ToUnixTimeMilliseconds());
        }
        catch (FormatException)
        {
            throw CliException.Usage($"--by-duration {text}: it must be like PT30M, PT1H30M or P2D");
        }
    }

    /// <summary>The new offset of one partition, within what the log has.</summary>
    /// <param name="current">What the group has committed; null for nothing.</param>
    /// <param name="begin">The log's first offset.</param>
    /// <param name="end">The log's end.</param>
    /// <param name="atTime">The first offset that is not older than the time; null when there is none.</param>
    public long NewOffset(long? current, long begin, long end, long? atTime) => Math.Clamp(
        Kind switch
        {
            ResetKind.Earliest => begin,
            ResetKind.Latest => end,
            ResetKind.Offset => Value,
            ResetKind.Shift => (current ?? begin) + Value,
            ResetKind.Time => atTime ?? end,
            _ => current ?? end,
        },
        begin,
        Math.Max(begin, end));
}
