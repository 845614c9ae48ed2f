using System.Globalization;

namespace Moldau.EndToEnd;

/// <summary>What the command line says. <c>bench/run</c> gives the paths, a person the rest.</summary>
internal sealed class Options
{
    public required string Ours { get; init; }

    public required string Work { get; init; }

    /// <summary>The script that starts Apache Kafka; null when it is not compared with.</summary>
    public string? Kafka { get; init; }

    /// <summary>The program of an older commit; null when it is not compared with.</summary>
    public string? Older { get; init; }

    public string OlderName { get; init; } = "older";

    /// <summary>The C program of bench/Floor; null when it is not compared with.</summary>
    public string? Floor { get; init; }

    /// <summary>Apache Kafka's tools; null when they are not there.</summary>
    public string? PeerTool { get; init; }

    /// <summary>The file of the plot of latency against throughput; null for none.</summary>
    public string? Plot { get; init; }

    /// <summary>Measured runs of each server and workload; one more before them warms up.</summary>
    public int Pairs { get; init; } = 5;

    public double Seconds { get; init; } = 2;

    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Those that are named, or all that take seconds.</summary>
    public IEnumerable<Workload> Workloads() => Workload.All.Where(workload => Names.Count == 0 ? !workload.OnRequest : Names.Contains(workload.Name));

    /// <exception cref="ArgumentException">Something is wrong with the line; the message says what.</exception>
    public static Options Parse(string[] arguments)
    {
        Dictionary<string, string> values = [];
        List<string> names = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                names.Add(arguments[i]);
                continue;
            }

            string key = arguments[i][2..];
            if (key is not ("ours" or "work" or "kafka" or "older" or "older-name" or "floor" or "tool" or "plot" or "pairs" or "seconds" or "against") || i + 1 == arguments.Length)
            {
                throw new ArgumentException($"{arguments[i]} is not known or has no value; there are --against kafka|floor|COMMIT, --pairs N, --seconds S, --plot FILE");
            }

            values[key] = arguments[++i];
        }

        foreach (string name in names)
        {
            if (!Workload.All.Any(workload => workload.Name == name))
            {
                throw new ArgumentException($"there is no workload {name}; there are {string.Join(", ", Workload.All.Select(workload => workload.Name))}");
            }
        }

        return new Options
        {
            Ours = values["ours"],
            Work = values["work"],
            Kafka = values.GetValueOrDefault("kafka"),
            Older = values.GetValueOrDefault("older"),
            OlderName = values.GetValueOrDefault("older-name", "older"),
            Floor = values.GetValueOrDefault("floor"),
            PeerTool = values.GetValueOrDefault("tool"),
            Plot = values.GetValueOrDefault("plot"),
            Pairs = Math.Max(1, int.Parse(values.GetValueOrDefault("pairs", "5"), CultureInfo.InvariantCulture)),
            Seconds = double.Parse(values.GetValueOrDefault("seconds", "2"), CultureInfo.InvariantCulture),
            Names = names,
        };
    }
}
