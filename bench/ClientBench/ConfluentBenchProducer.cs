using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Moldau.ClientBench;

/// <summary>Confluent.Kafka, over librdkafka.</summary>
internal sealed class ConfluentBenchProducer : IBenchProducer
{
    private const string LibraryVariable = "CLIENT_BENCH_RDKAFKA";
    private readonly IProducer<Null, byte[]> _producer;
    private long _failures;

    public ConfluentBenchProducer(Dictionary<string, string> settings, bool isAwaited)
    {
        Resolve();
        var config = new ProducerConfig { BootstrapServers = "127.0.0.1:9092", Acks = Acks.All, EnableIdempotence = true };
        foreach ((string key, string value) in settings)
        {
            // librdkafka bounds its queue in KiB and by a count, which must not be what ends first.
            if (key == "buffer.memory")
            {
                config.Set("queue.buffering.max.kbytes", $"{long.Parse(value, System.Globalization.CultureInfo.InvariantCulture) / 1024}");
                config.Set("queue.buffering.max.messages", "10000000");
            }
            else
            {
                config.Set(key, value);
            }
        }

        config.EnableDeliveryReports = isAwaited;
        _producer = new ProducerBuilder<Null, byte[]>(config).SetErrorHandler((_, error) => Console.Error.WriteLine(error.Reason)).Build();
    }

    public long Failures => _failures;

    public string Summary => _producer.Name;

    public Task PostManyAsync(string topic, byte[][] values, long records)
    {
        var message = new Message<Null, byte[]>();
        for (long i = 0; i < records; i++)
        {
            message.Value = values[i & (Payloads.Count - 1)];
            while (true)
            {
                try
                {
                    _producer.Produce(topic, message);
                    break;
                }
                catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
                {
                    _producer.Poll(TimeSpan.FromMilliseconds(1));
                }
            }
        }

        return Task.CompletedTask;
    }

    public async ValueTask SendAsync(string topic, byte[] value)
    {
        DeliveryResult<Null, byte[]> result = await _producer.ProduceAsync(topic, new Message<Null, byte[]> { Value = value });
        _failures += result.Status == PersistenceStatus.Persisted ? 0 : 1;
    }

    public Task FlushAsync()
    {
        while (_producer.Flush(TimeSpan.FromSeconds(1)) > 0)
        {
        }

        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Leads the binding to the library that is there.</summary>
    internal static void Resolve()
    {
        string library = Environment.GetEnvironmentVariable(LibraryVariable) ?? "librdkafka.so.1";
        NativeLibrary.SetDllImportResolver(typeof(ProducerConfig).Assembly, (name, _, _) => name switch
        {
            "librdkafka" or "librdkafka.so" or "centos8-librdkafka.so" or "alpine-librdkafka.so" or "centos6-librdkafka.so" => NativeLibrary.Load(library),
            "libdl" or "libdl.so" => NativeLibrary.Load("libdl.so.2"),
            _ => IntPtr.Zero,
        });
    }
}
