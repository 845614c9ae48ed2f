using System.Globalization;
using Moldau.EndToEnd.Latency;
using Moldau.EndToEnd.Servers;

namespace Moldau.EndToEnd.Report;

/// <summary>The percentiles of the workloads that measure latencies, over all runs of a server.</summary>
internal sealed class LatencyTable
{
    private static readonly double[] Percentiles = [50, 90, 99, 99.9];
    private readonly List<string[]> _rows = [];

    public void Add(Workload workload, IReadOnlyList<Server> servers, IReadOnlyList<List<Measurement>> results)
    {
        for (int i = 0; i < results.Count; i++)
        {
            var all = new LatencyHistogram();
            results[i].ForEach(found =>
            {
                if (found.Latencies is { } latencies)
                {
                    all.Add(latencies);
                }
            });
            if (all.Count > 0)
            {
                _rows.Add([workload.Name, servers[i].Name, Number(all.Count), .. Percentiles.Select(percentile => Number(all.Percentile(percentile))), Number(all.MaxMicros)]);
            }
        }
    }

    public void Print(TextWriter to)
    {
        if (_rows.Count > 0)
        {
            to.WriteLine();
            Table.Print(to, [["latency, µs", "server", "requests", .. Percentiles.Select(percentile => string.Create(CultureInfo.InvariantCulture, $"p{percentile}")), "max"], .. _rows], leftColumns: 2);
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
