using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// A producer of typed records over a <see cref="Producer"/>: keys and values become bytes on the thread that sends, in buffers that are used again. A null key or value becomes a record without
/// one. Any thread may call it.
/// </summary>
/// <typeparam name="TKey">The type of keys.</typeparam>
/// <typeparam name="TValue">The type of values.</typeparam>
public sealed class Producer<TKey, TValue> : IAsyncDisposable
{
    private readonly ISerializer<TKey> _keys;
    private readonly ISerializer<TValue> _values;
    private readonly bool _isOwner;

    /// <summary>Makes a producer of its own, which is disposed along with this one.</summary>
    /// <exception cref="ArgumentException">Options contradict each other.</exception>
    public Producer(ProducerOptions options, ISerializer<TKey> keys, ISerializer<TValue> values)
        : this(new Producer(options), keys, values) => _isOwner = true;

    /// <summary>Sends by a producer that others may use, too, and that whoever made it disposes.</summary>
    public Producer(Producer raw, ISerializer<TKey> keys, ISerializer<TValue> values)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        Raw = raw;
        _keys = keys;
        _values = values;
    }

    /// <summary>The producer of bytes below: transactions, statistics, partitions.</summary>
    public Producer Raw { get; }

    /// <summary>Sends a record and waits until the brokers have acknowledged it; see <see cref="Producer.SendAsync(in ProducerRecord, CancellationToken)"/>.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="key">The key; null for none.</param>
    /// <param name="value">The value; null for a tombstone.</param>
    /// <param name="headers">Headers.</param>
    /// <param name="partition">The partition; <see cref="Partitioner.Any"/> to have the partitioner choose.</param>
    /// <param name="timestamp">In ms since the epoch; -1 for now.</param>
    /// <param name="cancellationToken">Ends the wait for memory and metadata.</param>
    /// <exception cref="KafkaException">The record was refused, or not acknowledged in time.</exception>
    public ValueTask<RecordMetadata> SendAsync(
        string topic, TKey key, TValue value, ReadOnlySpan<RecordHeader> headers = default, int partition = Partitioner.Any, long timestamp = -1, CancellationToken cancellationToken = default)
    {
        SerializationBuffer buffer = SerializationBuffer.Rent();
        try
        {
            return Raw.SendAsync(Make(buffer, topic, key, value, headers, partition, timestamp), cancellationToken);
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Gives a record to the producer and waits only for room; see <see cref="Producer.PostAsync(in ProducerRecord, CancellationToken)"/>. The parameters are those of <see cref="SendAsync"/>.</summary>
    /// <exception cref="KafkaException">There was no room in time, or the record is too large.</exception>
    public ValueTask PostAsync(
        string topic, TKey key, TValue value, ReadOnlySpan<RecordHeader> headers = default, int partition = Partitioner.Any, long timestamp = -1, CancellationToken cancellationToken = default)
    {
        SerializationBuffer buffer = SerializationBuffer.Rent();
        try
        {
            return Raw.PostAsync(Make(buffer, topic, key, value, headers, partition, timestamp), cancellationToken);
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>Ends when all records that were given to the producer before are acknowledged or have failed.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => Raw.FlushAsync(cancellationToken);

    /// <summary>Disposes the producer below when this one made it.</summary>
    public ValueTask DisposeAsync() => _isOwner ? Raw.DisposeAsync() : ValueTask.CompletedTask;

    private ProducerRecord Make(SerializationBuffer buffer, string topic, TKey key, TValue value, ReadOnlySpan<RecordHeader> headers, int partition, long timestamp)
    {
        if (key is not null)
        {
            _keys.Serialize(key, buffer, new SerializationContext(topic, IsKey: true));
        }

        int keyLength = buffer.Length;
        if (value is not null)
        {
            _values.Serialize(value, buffer, new SerializationContext(topic, IsKey: false));
        }

        var record = new ProducerRecord { Topic = topic, Headers = headers, Partition = partition, Timestamp = timestamp };
        if (key is not null)
        {
            record.Key = buffer.Written[..keyLength];
        }

        if (value is not null)
        {
            record.Value = buffer.Written[keyLength..];
        }

        return record;
    }
}
