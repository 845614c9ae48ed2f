using System.Globalization;

namespace Moldau.EndToEnd.Servers;

/// <summary>What the kernel says a process has used.</summary>
internal static class ProcessUsage
{
    /// <summary>The kernel's clock ticks per second in /proc, on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>User and system time of all threads, in seconds.</summary>
    public static double CpuSeconds(int processId)
    {
        string stat = File.ReadAllText($"/proc/{processId}/stat");

        // The name stands in parentheses and may hold blanks.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    public static long RssBytes(int processId)
    {
        foreach (string line in File.ReadLines($"/proc/{processId}/status"))
        {
            if (line.StartsWith("VmRSS:", StringComparison.Ordinal))
            {
                return long.Parse(line["VmRSS:".Length..^2].Trim(), CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }
}
