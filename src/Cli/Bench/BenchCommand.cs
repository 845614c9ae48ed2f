using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau bench</c>: what kafka-producer-perf-test and kafka-consumer-perf-test do.</summary>
internal static class BenchCommand
{
    public static Command Build(CliContext context) => new("bench", "Measure throughput and latency against a cluster.")
    {
        Subcommands = { BenchProduce.Build(context), BenchConsume.Build(context) },
    };
}
