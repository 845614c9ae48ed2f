using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau bench produce</c>.</summary>
internal sealed class BenchProduce
{
    private const int Patterns = 64;

    private readonly Option<string> _topic = new("--topic") { Description = "The topic; it must be there.", HelpName = "TOPIC", Required = true };
    private readonly Option<long> _count = new("--num-records") { Description = "How many records.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
    private readonly Option<int> _size = new("--record-size") { Description = "Bytes of each value.", HelpName = "BYTES", DefaultValueFactory = _ => 100 };
    private readonly Option<double> _throughput = new("--throughput") { Description = "Records a second; -1 for as many as go.", HelpName = "N", DefaultValueFactory = _ => -1 };
    private readonly Option<string[]> _producerProperty = new("--producer-props", "--producer-property") { Description = "Keys of the producer's configuration.", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _producerConfig = new("--producer.config", "--producer-config") { Description = "A properties file of the producer's configuration.", HelpName = "FILE" };

    public static Command Build(CliContext context) => new BenchProduce().Command(context);

    private CliCommand Command(CliContext context)
    {
        var command = new CliCommand(
            "produce", "Send records as fast as they go, or at a rate, and measure.",
            "moldau bench produce --topic load --num-records 5000000 --record-size 100", "moldau bench produce --topic load --throughput 10000 --producer-props linger.ms=0 acks=1")
        {
            _topic, _count, _size, _throughput, _producerProperty, _producerConfig,
        };
        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        CliContext context = session.Context;
        TimeProvider time = context.Seams.Time;
        string topic = parsed.GetValue(_topic)!;
        session.SetClientProperties(session.Properties);
        await session.Admin.DescribeTopicAsync(topic, cancellationToken);
        var latencies = new LatencyHistogram();
        long failed = 0;
        ProducerOptions options = ProducerOptions.FromProperties(ClientProperties.Of(session, parsed, _producerConfig, _producerProperty), context.Seams) with
        {
            OnDelivery = (in report) =>
            {
                if (report.Failure is null)
                {
                    latencies.Add(time.GetUtcNow().ToUnixTimeMilliseconds() - report.Timestamp);
                }
                else
                {
                    Interlocked.Increment(ref failed);
                }
            },
        };
        int size = parsed.GetValue(_size);
        await using var producer = new Producer(options);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task live = new LiveRate(context, "sent").RunAsync(() => (latencies.Count, latencies.Count * size), () => $", p99 {latencies.PercentileMs(99)} ms", done.Token);
        long began = time.GetTimestamp();
        try
        {
            await SendAsync(context, producer, topic, size, parsed.GetValue(_count), parsed.GetValue(_throughput), cancellationToken);
            await producer.FlushAsync(cancellationToken);
        }
        finally
        {
            done.Cancel();
            await live;
        }

        Write(session.Report, latencies, failed, size, time.GetElapsedTime(began));
        return failed == 0 ? CommandExit.Ok : CommandExit.Failed;
    }

    /// <summary>Values are of some random patterns of capital letters, so that a codec has something to do.</summary>
    private static async Task SendAsync(CliContext context, Producer producer, string topic, int size, long count, double throughput, CancellationToken cancellationToken)
    {
        byte[] payload = new byte[size + Patterns];
        context.Seams.Entropy.Fill(payload);
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)('A' + (payload[i] % 26));
        }

        long began = context.Seams.Time.GetTimestamp();
        for (long sent = 0; sent < count; sent++)
        {
            ValueTask posted = producer.PostAsync(topic, payload.AsSpan((int)(sent % Patterns), size), cancellationToken);
            if (!posted.IsCompletedSuccessfully)
            {
                await posted;
            }

            if (throughput > 0)
            {
                TimeSpan ahead = TimeSpan.FromSeconds((sent + 1) / throughput) - context.Seams.Time.GetElapsedTime(began);
                if (ahead > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(ahead, context.Seams.Time, cancellationToken);
                }
            }
        }
    }

    private static void Write(Report report, LatencyHistogram latencies, long failed, int size, TimeSpan elapsed)
    {
        double rate = latencies.Count / Math.Max(elapsed.TotalSeconds, 0.001);
        report.Write(new Facts()
            .Add("records", latencies.Count)
            .Add("failed", ((Cell)failed).As(failed > 0 ? Tone.Bad : Tone.Plain))
            .Add("durationMs", Cell.Milliseconds((long)elapsed.TotalMilliseconds), "duration")
            .Add("recordsPerSecond", ((Cell)(long)rate).ShownAs(Units.Count((long)rate)), "records/s")
            .Add("bytesPerSecond", ((Cell)(long)(rate * size)).ShownAs(Units.Bytes(rate * size) + "/s"), "throughput")
            .Add("latencyMsMean", Cell.Real(Math.Round(latencies.MeanMs, 2)), "latency, mean ms")
            .Add("latencyMsP50", latencies.PercentileMs(50), "latency, p50 ms")
            .Add("latencyMsP95", latencies.PercentileMs(95), "latency, p95 ms")
            .Add("latencyMsP99", latencies.PercentileMs(99), "latency, p99 ms")
            .Add("latencyMsP999", latencies.PercentileMs(99.9), "latency, p99.9 ms")
            .Add("latencyMsMax", latencies.MaxMs, "latency, max ms"));
    }
}
