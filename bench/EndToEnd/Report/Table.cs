using System.Globalization;

namespace Moldau.EndToEnd.Report;

/// <summary>The one table: a line per workload; per server the median and range, CPU and memory; the ratio of the first server to the second, pair by pair.</summary>
internal sealed class Table(IReadOnlyList<string> servers)
{
    private readonly List<string[]> _rows = [];

    public void Add(Workload workload, IReadOnlyList<List<Measurement>> results)
    {
        List<string> row = [workload.Name, Unit(workload.Unit)];
        foreach (List<Measurement> runs in results)
        {
            double[] values = [.. runs.Select(run => run.Value)];
            row.Add(Number(Median(values)));
            row.Add($"{Number(values.Min())}–{Number(values.Max())}");
        }

        if (results.Count > 1)
        {
            row.Add(Median([.. results[0].Zip(results[1], (ours, theirs) => ours.Value / theirs.Value)]).ToString("0.00", CultureInfo.InvariantCulture));
        }

        foreach (List<Measurement> runs in results)
        {
            row.Add(workload.Kind == WorkloadKind.Start ? "-" : Median([.. runs.Select(run => run.CpuSecondsPerGb)]).ToString("0.00", CultureInfo.InvariantCulture));
            row.Add(Median([.. runs.Select(run => run.CpuMicrosPerRequest)]).ToString("0", CultureInfo.InvariantCulture));
            row.Add(Median([.. runs.Select(run => run.RssBytes / 1e6)]).ToString("0", CultureInfo.InvariantCulture));
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

        if (servers.Count > 1)
        {
            head.Add("ratio");
        }

        foreach (string server in servers)
        {
            head.AddRange([$"{server} CPU s/GB", "CPU µs/req", "RSS MB"]);
        }

        List<string[]> lines = [[.. head], .. _rows];
        int[] widths = [.. Enumerable.Range(0, head.Count).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            to.WriteLine(string.Join("  ", line.Select((cell, column) => column < 2 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        }
    }

    private static string Unit(WorkloadUnit unit) => unit switch
    {
        WorkloadUnit.MegabytesPerSecond => "MB/s",
        WorkloadUnit.RequestsPerSecond => "req/s",
        _ => "ms",
    };

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static double Median(double[] values)
    {
        Array.Sort(values);
        int half = values.Length / 2;
        return values.Length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
