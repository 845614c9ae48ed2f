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
        Outcome outcome = measure.Outcome;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_client}: {outcome.Rate:N0} records/s, {outcome.Rate * _bytes / Math.Max(1, _count) / 1e6:N1} MB/s, CPU {outcome.CpuSeconds / outcome.Seconds:0.00} cores, "
            + $"{outcome.CpuNanosPerRecord:N0} ns/record, {outcome.AllocatedBytesPerRecord:0.0000} B/record allocated"));
        outcome.Print();
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
            if (((++_count & 0xff) == 0 || _count == measure.To) && measure.At(_count))
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
            if (((++_count & 0xff) == 0 || _count == measure.To) && measure.At(_count))
            {
                return;
            }
        }
    }

    /// <summary>The clocks, started after the warm-up and stopped at the end.</summary>
    private sealed class Measure(long from, long to)
    {
        private Meter? _meter;
        private long _startCount;

        public Outcome Outcome { get; private set; } = new();

        /// <summary>The topic has no more records: who looks at the clock now and then looks here, too.</summary>
        public long To => to;

        public bool At(long count)
        {
            if (_meter is null)
            {
                if (count >= from)
                {
                    _startCount = count;
                    _meter = Meter.Start();
                }

                return false;
            }

            if (count < to)
            {
                return false;
            }

            Outcome = _meter.Stop(count - _startCount);
            return true;
        }
    }
}
