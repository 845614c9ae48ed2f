using System.Diagnostics;
using System.Globalization;
using Confluent.Kafka;
using Moldau.Client;

namespace Moldau.ClientBench;

/// <summary>Reads a topic from its beginning, each record's key and value looked at, and says how fast that was and what it cost.</summary>
internal sealed class ConsumeRun
{
    private readonly Dictionary<string, string> _settings = [];
    private string _client = "moldau";
    private string _topic = "bench";
    private long _records = 5_000_000;
    private long _warmup = 500_000;
    private long _bytes;
    private long _count;

    public static ConsumeRun Parse(string[] args)
    {
        var run = new ConsumeRun { _client = args[1] };
        foreach (string pair in args[2..])
        {
            string[] parts = pair.Split('=', 2);
            switch (parts[0])
            {
                case "bench.topic":
                    run._topic = parts[1];
                    break;
                case "bench.records":
                    run._records = Number(parts[1]);
                    break;
                case "bench.warmup":
                    run._warmup = Number(parts[1]);
                    break;
                default:
                    run._settings[parts[0]] = parts.Length == 2 ? parts[1] : throw new ArgumentException($"{pair} is no KEY=VALUE");
                    break;
            }
        }

        run._settings.TryAdd("group.id", $"bench-{Guid.NewGuid()}");
        run._settings.TryAdd("auto.offset.reset", "earliest");
        run._settings.TryAdd("enable.auto.commit", "false");
        return run;
    }

    public async Task<int> ConsumeAsync()
    {
        var measure = new Measure(_warmup, _warmup + _records);
        await (_client switch
        {
            "moldau" => MoldauBatchesAsync(measure),
            "moldau-records" => MoldauRecordsAsync(measure),
            "confluent" => Task.Run(() => ConfluentRecords(measure)),
            _ => throw new ArgumentException($"{_client} is no client: moldau (batches), moldau-records and confluent are"),
        });
        Console.WriteLine(measure.Describe(_client, _bytes / Math.Max(1, _count)));
        return 0;
    }

    private static long Number(string text) => long.Parse(text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private async Task MoldauBatchesAsync(Measure measure)
    {
        await using var consumer = new Consumer(ConsumerOptions.FromProperties(_settings));
        consumer.Subscribe(_topic);
        await foreach (ConsumeBatch batch in consumer.ConsumeBatchesAsync())
        {
            foreach (ref readonly ConsumeRecord record in batch)
            {
                _bytes += record.Key.Length + record.Value.Length;
                _count++;
            }

            if (measure.At(_count))
            {
                return;
            }
        }
    }

    private async Task MoldauRecordsAsync(Measure measure)
    {
        await using var consumer = new Consumer(ConsumerOptions.FromProperties(_settings));
        consumer.Subscribe(_topic);
        await foreach (ConsumeRecord record in consumer.ConsumeAsync())
        {
            _bytes += record.Key.Length + record.Value.Length;
            if ((++_count & 0xff) == 0 && measure.At(_count))
            {
                return;
            }
        }
    }

    private void ConfluentRecords(Measure measure)
    {
        ConfluentBenchProducer.Resolve();
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(_settings).Build();
        consumer.Subscribe(_topic);
        while (true)
        {
            ConsumeResult<byte[], byte[]> record = consumer.Consume();
            _bytes += (record.Message.Key?.Length ?? 0) + (record.Message.Value?.Length ?? 0);
            if ((++_count & 0xff) == 0 && measure.At(_count))
            {
                return;
            }
        }
    }

    /// <summary>The clocks, started after the warm-up and stopped at the end.</summary>
    private sealed class Measure(long from, long to)
    {
        private long _start;
        private long _startCount;
        private long _endCount;
        private long _allocated;
        private TimeSpan _cpu;
        private TimeSpan _elapsed;

        public bool At(long count)
        {
            if (_start == 0)
            {
                if (count >= from)
                {
                    _startCount = count;
                    _allocated = GC.GetTotalAllocatedBytes();
                    _cpu = Process.GetCurrentProcess().TotalProcessorTime;
                    _start = Stopwatch.GetTimestamp();
                }

                return false;
            }

            if (count < to)
            {
                return false;
            }

            _elapsed = Stopwatch.GetElapsedTime(_start);
            _cpu = Process.GetCurrentProcess().TotalProcessorTime - _cpu;
            _allocated = GC.GetTotalAllocatedBytes() - _allocated;
            _endCount = count;
            return true;
        }

        public string Describe(string client, long recordBytes)
        {
            double records = _endCount - _startCount;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{client}: {records / _elapsed.TotalSeconds:N0} records/s, {records * recordBytes / _elapsed.TotalSeconds / 1e6:N1} MB/s, CPU {_cpu.TotalSeconds / _elapsed.TotalSeconds:0.00} cores, "
                + $"{_cpu.TotalMicroseconds * 1000 / records:N0} ns/record, {_allocated / records:0.00} B/record allocated");
        }
    }
}
