using System.Runtime.CompilerServices;
using Moldau.Client;

namespace Moldau.ClientBench;

/// <summary>Moldau.Client, in three ways: posted and forgotten, sent with a bounded number awaited behind, and typed.</summary>
internal sealed class MoldauBenchProducer : IBenchProducer
{
    private const int AwaitedMax = 8192;
    private readonly Producer _producer;
    private readonly Producer<byte[], byte[]> _typed;
    private readonly string _way;

    public MoldauBenchProducer(Dictionary<string, string> settings, string way)
    {
        _way = way;
        _producer = new Producer(ProducerOptions.FromProperties(settings));
        _typed = new Producer<byte[], byte[]>(_producer, Serdes.Bytes, Serdes.Bytes);
    }

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

    public Task PostManyAsync(string topic, byte[][] values, long records) => _way switch
    {
        "moldau" => PostAsync(topic, values, records),
        "moldau-send" => SendManyAsync(topic, values, records),
        _ => PostTypedAsync(topic, values, records),
    };

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(string topic, byte[] value) => await _producer.SendAsync(topic, value);

    public Task FlushAsync() => _producer.FlushAsync();

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    private async Task PostAsync(string topic, byte[][] values, long records)
    {
        for (long i = 0; i < records; i++)
        {
            ValueTask posted = _producer.PostAsync(topic, values[i & (Payloads.Count - 1)]);
            if (!posted.IsCompletedSuccessfully)
            {
                await posted;
            }
        }
    }

    private async Task PostTypedAsync(string topic, byte[][] values, long records)
    {
        for (long i = 0; i < records; i++)
        {
            ValueTask posted = _typed.PostAsync(topic, null!, values[i & (Payloads.Count - 1)]);
            if (!posted.IsCompletedSuccessfully)
            {
                await posted;
            }
        }
    }

    /// <summary>Each result is awaited, in the order in which the records were sent, at most so many records behind.</summary>
    private async Task SendManyAsync(string topic, byte[][] values, long records)
    {
        var awaited = new ValueTask<RecordMetadata>[AwaitedMax];
        for (long i = 0; i < records; i++)
        {
            long at = i % AwaitedMax;
            if (i >= AwaitedMax)
            {
                await awaited[at];
            }

            awaited[at] = _producer.SendAsync(topic, values[i & (Payloads.Count - 1)]);
        }

        for (long i = Math.Max(0, records - AwaitedMax); i < records; i++)
        {
            await awaited[i % AwaitedMax];
        }
    }
}
