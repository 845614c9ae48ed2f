using System.Globalization;

namespace Moldau.EndToEnd.Report;

/// <summary>The one table: a line per workload; per server the median and range, CPU and memory; the ratio of the first server to each other, pair by pair.</summary>
internal sealed class Table(IReadOnlyList<string> servers)
{
    private const string Nothing = "-";
    private readonly List<string[]> _rows = [];

    public void Add(Workload workload, IReadOnlyList<List<Measurement>> results)
    {
        List<string> row = [workload.Name, Unit(workload)];
        foreach (List<Measurement> runs in results)
        {
            double[] values = [.. runs.Select(run => run.Value)];
            row.Add(values.Length == 0 ? Nothing : Number(Median(values)));
            row.Add(values.Length == 0 ? Nothing : $"{Number(values.Min())}–{Number(values.Max())}");
        }

        for (int other = 1; other < results.Count; other++)
        {
            row.Add(results[other].Count == 0 ? Nothing : Cell(results[0].Zip(results[other], (ours, theirs) => ours.Value / theirs.Value), "0.00"));
        }

        foreach (List<Measurement> runs in results)
        {
            row.Add(Cell(runs.Select(run => run.CpuSecondsPerGb), "0.00"));
            row.Add(Cell(runs.Select(run => run.CpuMicrosPerRequest), "0"));
            row.Add(Cell(runs.Select(run => run.RssBytes / 1e6), "0"));
        }

        _rows.Add([.. row]);
    }

    public void Print(TextWriter to)
    {
        List<string> head = ["workload", "unit"];
        foreach (string server in servers)
        {
            head.AddRange([server, "range"]);
        }

        head.AddRange(servers.Skip(1).Select(server => $"to {server}"));
        foreach (string server in servers)
        {
            head.AddRange([$"{server} CPU s/GB", "CPU µs/req", "RSS MB"]);
        }

        Print(to, [[.. head], .. _rows], leftColumns: 2);
    }

    public static void Print(TextWriter to, List<string[]> lines, int leftColumns)
    {
        int[] widths = [.. Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            to.WriteLine(string.Join("  ", line.Select((cell, column) => column < leftColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        }
    }

    public static double Median(double[] values)
    {
        Array.Sort(values);
        int half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }

    private static string Cell(IEnumerable<double> values, string format)
    {
        double[] all = [.. values];
        return all.Length == 0 || double.IsNaN(all[0]) ? Nothing : Median(all).ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Unit(Workload workload) => (workload.LessIsBetter ? "↓ " : "") + workload.Unit switch
    {
        WorkloadUnit.MegabytesPerSecond => "MB/s",
        WorkloadUnit.RequestsPerSecond => "req/s",
        WorkloadUnit.MicrosecondsP99 => "p99 µs",
        WorkloadUnit.Megabytes => "MB",
        WorkloadUnit.KilobytesEach => "kB each",
        _ => "ms",
    };

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
