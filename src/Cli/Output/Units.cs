using System.Globalization;

namespace Moldau.Cli;

/// <summary>Numbers as people read them.</summary>
internal static class Units
{
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>"1.5 GiB": three digits, in powers of 1024.</summary>
    public static string Bytes(double bytes)
    {
        int unit = 0;
        double value = Math.Abs(bytes);
        while (value >= 1023.5 && unit < Binary.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string digits = (unit == 0 || value >= 99.95 ? value.ToString("0", CultureInfo.InvariantCulture) : value.ToString("0.0", CultureInfo.InvariantCulture));
        return $"{(bytes < 0 ? "-" : "")}{digits} {Binary[unit]}";
    }

    /// <summary>The two largest units that say something: "3 h 20 min", "1.5 s", "12 ms".</summary>
    public static string Milliseconds(long ms)
    {
        if (ms < 0)
        {
            return "-" + Milliseconds(-ms);
        }

        long seconds = ms / 1000;
        return ms switch
        {
            < 1000 => $"{ms} ms",
            < 60_000 => (ms / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + " s",
            < 3_600_000 => Two(seconds / 60, "min", seconds % 60, "s"),
            < 86_400_000 => Two(seconds / 3600, "h", seconds / 60 % 60, "min"),
            _ => Two(seconds / 86400, "d", seconds / 3600 % 24, "h"),
        };
    }

    /// <summary>"12,345".</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>"1 error", "2 errors".</summary>
    public static string Many(long count, string thing) => $"{Count(count)} {thing}{(count == 1 ? "" : "s")}";

    private static string Two(long large, string largeUnit, long small, string smallUnit) => small == 0 ? $"{large} {largeUnit}" : $"{large} {largeUnit} {small} {smallUnit}";
}
