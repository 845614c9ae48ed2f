using System.Diagnostics;
using System.Globalization;

namespace Moldau.ClientBench;

/// <summary>One measurement: what is sent, by whom, and what it cost.</summary>
internal sealed class BenchRun
{
    private readonly Dictionary<string, string> _settings = [];
    private string _client = "moldau";
    private string _topic = "bench";
    private long _records = 5_000_000;
    private int _bytes = 100;
    private long _warmup = 500_000;
    private int _threads = 1;

    public static BenchRun Parse(string[] args)
    {
        var run = new BenchRun { _client = args[1] };
        foreach (string pair in args[2..])
        {
            string[] parts = pair.Split('=', 2);
            if (parts.Length != 2)
            {
                throw new ArgumentException($"{pair} is no KEY=VALUE");
            }

            switch (parts[0])
            {
                case "bench.topic":
                    run._topic = parts[1];
                    break;
                case "bench.records":
                    run._records = Number(parts[1]);
                    break;
                case "bench.bytes":
                    run._bytes = (int)Number(parts[1]);
                    break;
                case "bench.warmup":
                    run._warmup = Number(parts[1]);
                    break;
                case "bench.threads":
                    run._threads = (int)Number(parts[1]);
                    break;
                default:
                    run._settings[parts[0]] = parts[1];
                    break;
            }
        }

        return run;
    }

    public async Task<int> ProduceAsync()
    {
        await using IBenchProducer producer = Make(isAwaited: false);
        byte[][] values = Payloads.Make(_bytes);
        await SendAllAsync(producer, values, _warmup);
        GC.Collect();
        Meter meter = Meter.Start();
        await SendAllAsync(producer, values, _records);
        Outcome outcome = meter.Stop(_records);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_client}: {outcome.Rate:N0} records/s, {outcome.Rate * _bytes / 1e6:N1} MB/s, CPU {outcome.CpuSeconds / outcome.Seconds:0.00} cores, "
            + $"{outcome.CpuNanosPerRecord:N0} ns/record, {outcome.AllocatedBytesPerRecord:0.0000} B/record allocated"));
        Console.WriteLine($"  {producer.Summary}");
        outcome.Print();
        return producer.Failures == 0 ? 0 : 1;
    }

    public async Task<int> LatencyAsync()
    {
        await using IBenchProducer producer = Make(isAwaited: true);
        byte[] value = Payloads.Make(_bytes)[0];
        for (long i = 0; i < _warmup; i++)
        {
            await producer.SendAsync(_topic, value);
        }

        double[] micros = new double[_records];
        Meter meter = Meter.Start();
        for (long i = 0; i < _records; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await producer.SendAsync(_topic, value);
            micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Outcome outcome = meter.Stop(_records);
        Array.Sort(micros);
        outcome = outcome with { P50Micros = micros[_records / 2], P99Micros = micros[_records * 99 / 100] };
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_client}: awaited sends, p50 {outcome.P50Micros:N0} us, p99 {outcome.P99Micros:N0} us, p99.9 {micros[_records * 999 / 1000]:N0} us, max {micros[^1]:N0} us, "
            + $"{outcome.CpuNanosPerRecord / 1000:0.0} us CPU, {outcome.AllocatedBytesPerRecord:0.0} B allocated"));
        outcome.Print();
        return producer.Failures == 0 ? 0 : 1;
    }

    private static long Number(string text) => long.Parse(text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private async Task SendAllAsync(IBenchProducer producer, byte[][] values, long records)
    {
        var threads = new Task[_threads];
        for (int t = 0; t < _threads; t++)
        {
            threads[t] = Task.Run(() => producer.PostManyAsync(_topic, values, records / _threads));
        }

        await Task.WhenAll(threads);
        await producer.FlushAsync();
    }

    private IBenchProducer Make(bool isAwaited) => _client switch
    {
        "moldau" or "moldau-send" or "moldau-typed" => new MoldauBenchProducer(_settings, _client),
        "confluent" => new ConfluentBenchProducer(_settings, isAwaited),
        _ => throw new ArgumentException($"{_client} is no client: moldau, moldau-send, moldau-typed or confluent"),
    };
}
