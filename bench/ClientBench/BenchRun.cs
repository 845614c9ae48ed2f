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
        byte[] value = Value();
        await SendAllAsync(producer, value, _warmup);
        GC.Collect();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await SendAllAsync(producer, value, _records);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TimeSpan used = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_client}: {_records / elapsed.TotalSeconds:N0} records/s, {_records * (double)_bytes / elapsed.TotalSeconds / 1e6:N1} MB/s, "
            + $"CPU {used.TotalSeconds / elapsed.TotalSeconds:0.00} cores, {used.TotalMicroseconds * 1000 / _records:N0} ns/record, {allocated / (double)_records:0.00} B/record allocated"));
        Console.WriteLine($"  {producer.Summary}");
        return producer.Failures == 0 ? 0 : 1;
    }

    public async Task<int> LatencyAsync()
    {
        await using IBenchProducer producer = Make(isAwaited: true);
        byte[] value = Value();
        for (long i = 0; i < _warmup; i++)
        {
            await producer.SendAsync(_topic, value);
        }

        double[] micros = new double[_records];
        for (long i = 0; i < _records; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await producer.SendAsync(_topic, value);
            micros[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(micros);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_client}: awaited sends, p50 {micros[_records / 2]:N0} us, p99 {micros[_records * 99 / 100]:N0} us, p99.9 {micros[_records * 999 / 1000]:N0} us, max {micros[^1]:N0} us"));
        return producer.Failures == 0 ? 0 : 1;
    }

    private static long Number(string text) => long.Parse(text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private async Task SendAllAsync(IBenchProducer producer, byte[] value, long records)
    {
        var threads = new Task[_threads];
        for (int t = 0; t < _threads; t++)
        {
            threads[t] = Task.Run(() => producer.PostManyAsync(_topic, value, records / _threads));
        }

        await Task.WhenAll(threads);
        await producer.FlushAsync();
    }

    private byte[] Value()
    {
        // Compressible by about half, as texts are.
        byte[] value = new byte[_bytes];
        var random = new Random(1);
        for (int i = 0; i < value.Length; i++)
        {
            value[i] = (byte)('a' + random.Next(16));
        }

        return value;
    }

    private IBenchProducer Make(bool isAwaited) => _client switch
    {
        "moldau" => new MoldauBenchProducer(_settings),
        "confluent" => new ConfluentBenchProducer(_settings, isAwaited),
        _ => throw new ArgumentException($"{_client} is no client: moldau or confluent"),
    };
}
