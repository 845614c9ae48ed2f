using System.Text;
using Moldau.Client;
using Moldau.Records;

namespace Moldau.Cli;

/// <summary>Sends records and remembers what failed. The producer calls back on its own threads.</summary>
internal sealed class RecordSender : IAsyncDisposable
{
    private readonly Producer _producer;
    private long _failed;
    private KafkaException? _firstFailure;

    public RecordSender(ProducerOptions options) => _producer = new Producer(options with { OnDelivery = OnDelivery });

    public Producer Producer => _producer;

    public long Sent { get; private set; }

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Sends one record; waits only when the producer's memory is full.</summary>
    public ValueTask PostAsync(string topic, in InputRecord record, CancellationToken cancellationToken)
    {
        Sent++;
        var message = new ProducerRecord { Topic = topic };
        if (record.Key is { } key)
        {
            message.Key = key.Span;
        }

        if (record.Value is { } value)
        {
            message.Value = value.Span;
        }

        if (record.Partition is { } partition)
        {
            message.Partition = partition;
        }

        if (record.TimestampMs is { } timestamp)
        {
            message.Timestamp = timestamp;
        }

        if (record.Headers is { Count: > 0 } headers)
        {
            message.Headers = RecordHeaders(headers);
        }

        return _producer.PostAsync(message, cancellationToken);
    }

    /// <summary>Waits for all that was sent.</summary>
    /// <exception cref="CliException">Some of it failed.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _producer.FlushAsync(cancellationToken);
        if (_firstFailure is { } failure)
        {
            throw CliException.Failed($"{Units.Count(Failed)} of {Units.Count(Sent)} records were not sent: {failure.Message}", Failures.NextStep(failure.Code));
        }
    }

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    private static RecordHeader[] RecordHeaders(IReadOnlyList<KeyValuePair<string, byte[]?>> headers)
    {
        var array = new RecordHeader[headers.Count];
        for (int i = 0; i < array.Length; i++)
        {
            array[i] = new RecordHeader(Encoding.UTF8.GetBytes(headers[i].Key), headers[i].Value is { } value ? value : default(ReadOnlyMemory<byte>?));
        }

        return array;
    }

    private void OnDelivery(in DeliveryReport report)
    {
        if (report.Failure is { } failure)
        {
            Interlocked.Increment(ref _failed);
            Interlocked.CompareExchange(ref _firstFailure, failure, null);
        }
    }
}
