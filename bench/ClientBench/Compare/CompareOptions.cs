using System.Globalization;

namespace Moldau.ClientBench;

/// <summary>What is compared, how often, and against which broker.</summary>
internal sealed class CompareOptions
{
    public string Bootstrap { get; private set; } = "127.0.0.1:9092";

    /// <summary>The broker's process, for its CPU time; 0 when it is not on this machine.</summary>
    public int BrokerPid { get; private set; }

    public int Pairs { get; private set; } = 5;

    /// <summary>How long a measured part should take, about.</summary>
    public double Seconds { get; private set; } = 3;

    /// <summary>The batch size of all, in bytes; 0 leaves each client its own default.</summary>
    public int BatchBytes { get; private set; } = 65536;

    public int Partitions { get; private set; } = 1;

    /// <summary>Apache Kafka's tools, and the C program over librdkafka; empty when they are not there.</summary>
    public string JavaTool { get; private set; } = "";

    public string CProgram { get; private set; } = "";

    public string WorkDirectory { get; private set; } = Path.GetTempPath();

    public List<CompareWorkload> Workloads { get; } = [];

    /// <summary>The clients that are asked for; none for all.</summary>
    public List<string> Clients { get; } = [];

    public static CompareOptions Parse(string[] args)
    {
        var options = new CompareOptions();
        for (int i = 0; i < args.Length; i++)
        {
            string Next() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
            switch (args[i])
            {
                case "--bootstrap":
                    options.Bootstrap = Next();
                    break;
                case "--broker-pid":
                    options.BrokerPid = int.Parse(Next(), CultureInfo.InvariantCulture);
                    break;
                case "--pairs":
                    options.Pairs = int.Parse(Next(), CultureInfo.InvariantCulture);
                    break;
                case "--seconds":
                    options.Seconds = double.Parse(Next(), CultureInfo.InvariantCulture);
                    break;
                case "--batch":
                    options.BatchBytes = int.Parse(Next(), CultureInfo.InvariantCulture);
                    break;
                case "--partitions":
                    options.Partitions = int.Parse(Next(), CultureInfo.InvariantCulture);
                    break;
                case "--java":
                    options.JavaTool = Next();
                    break;
                case "--c":
                    options.CProgram = Next();
                    break;
                case "--work":
                    options.WorkDirectory = Next();
                    break;
                case "--clients":
                    options.Clients.AddRange(Next().Split(','));
                    break;
                default:
                    options.Workloads.Add(CompareWorkload.Parse(args[i]));
                    break;
            }
        }

        if (options.Workloads.Count == 0)
        {
            options.Workloads.AddRange(CompareWorkload.All.Select(CompareWorkload.Parse));
        }

        return options;
    }
}
