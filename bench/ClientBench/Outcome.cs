using System.Globalization;

namespace Moldau.ClientBench;

/// <summary>What one run of one client came to; printed as one line that the comparison reads.</summary>
internal sealed record Outcome
{
    private const string Mark = "@ ";

    /// <summary>Records in the measured part, after the warm-up.</summary>
    public double Records { get; init; }

    public double Seconds { get; init; }

    /// <summary>User and system time of the client's process in the measured part; -1 when not known.</summary>
    public double CpuSeconds { get; init; } = -1;

    /// <summary>What the collector gave out in the measured part; -1 for a client that has none, or tells nothing.</summary>
    public double AllocatedBytes { get; init; } = -1;

    /// <summary>Median and 99th percentile of awaited sends, in µs.</summary>
    public double P50Micros { get; init; } = -1;

    public double P99Micros { get; init; } = -1;

    public double Rate => Records / Seconds;

    public double CpuNanosPerRecord => CpuSeconds < 0 ? -1 : CpuSeconds * 1e9 / Records;

    public double AllocatedBytesPerRecord => AllocatedBytes < 0 ? -1 : AllocatedBytes / Records;

    public static Outcome? Parse(string line)
    {
        if (!line.StartsWith(Mark, StringComparison.Ordinal))
        {
            return null;
        }

        var values = line[Mark.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => double.Parse(pair[1], CultureInfo.InvariantCulture));
        return new Outcome
        {
            Records = values["records"],
            Seconds = values["seconds"],
            CpuSeconds = values.GetValueOrDefault("cpu", -1),
            AllocatedBytes = values.GetValueOrDefault("allocated", -1),
            P50Micros = values.GetValueOrDefault("p50", -1),
            P99Micros = values.GetValueOrDefault("p99", -1),
        };
    }

    public void Print() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{Mark}records={Records:0} seconds={Seconds:0.######} cpu={CpuSeconds:0.######} allocated={AllocatedBytes:0} p50={P50Micros:0.#} p99={P99Micros:0.#}"));
}
