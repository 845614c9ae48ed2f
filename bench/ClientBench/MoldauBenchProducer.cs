using System.Globalization;
using Moldau.Client;
using Moldau.Records;

namespace Moldau.ClientBench;

/// <summary>Moldau.Client.</summary>
internal sealed class MoldauBenchProducer : IBenchProducer
{
    private readonly Producer _producer;

    public MoldauBenchProducer(Dictionary<string, string> settings) => _producer = new Producer(new ProducerOptions
    {
        BootstrapServers = settings.GetValueOrDefault("bootstrap.servers", "127.0.0.1:9092"),
        BatchSizeBytes = int.Parse(settings.GetValueOrDefault("batch.size", "16384"), CultureInfo.InvariantCulture),
        Linger = TimeSpan.FromMilliseconds(int.Parse(settings.GetValueOrDefault("linger.ms", "5"), CultureInfo.InvariantCulture)),
        BufferMemoryBytes = long.Parse(settings.GetValueOrDefault("buffer.memory", "33554432"), CultureInfo.InvariantCulture),
        Compression = Enum.Parse<CompressionType>(settings.GetValueOrDefault("compression.type", "none"), ignoreCase: true),
    });

    public long Failures => _producer.Statistics.RecordsFailed;

    public string Summary
    {
        get
        {
            ProducerStatistics statistics = _producer.Statistics;
            return $"{statistics.RecordsDelivered} delivered, {statistics.RecordsFailed} failed, {statistics.RecordsRetried} retried, {statistics.BatchesDelivered} batches, {statistics.Requests} requests, "
                + $"mean request {statistics.RequestMsMean:0.0} ms, p99 in the producer < {statistics.LatencyMsAt(0.99)} ms";
        }
    }

    public async Task PostManyAsync(string topic, byte[] value, long records)
    {
        for (long i = 0; i < records; i++)
        {
            ValueTask posted = _producer.PostAsync(topic, value);
            if (!posted.IsCompletedSuccessfully)
            {
                await posted;
            }
        }
    }

    public async ValueTask SendAsync(string topic, byte[] value) => await _producer.SendAsync(topic, value);

    public Task FlushAsync() => _producer.FlushAsync();

    public ValueTask DisposeAsync() => _producer.DisposeAsync();
}
