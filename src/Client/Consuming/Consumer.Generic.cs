using System.Buffers;
using System.Runtime.CompilerServices;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// A consumer whose records have keys and values of the application's types. All else is done by <see cref="Raw"/>: subscribing, committing, seeking. Threads and lifecycle as there; disposing it disposes that.
/// </summary>
public sealed class Consumer<TKey, TValue> : IAsyncDisposable
{
    private readonly IDeserializer<TKey> _keys;
    private readonly IDeserializer<TValue> _values;

    /// <inheritdoc cref="Consumer(ConsumerOptions)"/>
    public Consumer(ConsumerOptions options, IDeserializer<TKey> keys, IDeserializer<TValue> values)
        : this(new Consumer(options), keys, values)
    {
    }

    /// <summary>Puts types over a consumer, which this one then owns.</summary>
    public Consumer(Consumer raw, IDeserializer<TKey> keys, IDeserializer<TValue> values)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        Raw = raw;
        _keys = keys;
        _values = values;
    }

    /// <summary>The consumer beneath.</summary>
    public Consumer Raw { get; }

    /// <inheritdoc cref="Consumer.Subscribe(IEnumerable{string})"/>
    public void Subscribe(params IEnumerable<string> topics) => Raw.Subscribe(topics);

    /// <inheritdoc cref="Consumer.CommitAsync(CancellationToken)"/>
    public Task CommitAsync(CancellationToken cancellationToken = default) => Raw.CommitAsync(cancellationToken);

    /// <summary>As <see cref="Consumer.ConsumeAsync"/>. A record that cannot be deserialized is not skipped: seek beyond it to go on.</summary>
    /// <exception cref="KafkaException">As there; or a key or value cannot be deserialized: CORRUPT_MESSAGE, with the deserializer's exception in it.</exception>
    public async IAsyncEnumerable<ConsumeRecord<TKey, TValue>> ConsumeAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ConsumeRecord record in Raw.ConsumeAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return Deserialize(record);
        }
    }

    /// <summary>Gives a record of this consumer's batches its types.</summary>
    /// <exception cref="KafkaException">As <see cref="ConsumeAsync"/>.</exception>
    public ConsumeRecord<TKey, TValue> Deserialize(in ConsumeRecord record) => new(
        record,
        Read(_keys, record, record.KeyMemory, !record.HasKey, isKey: true),
        Read(_values, record, record.ValueMemory, !record.HasValue, isKey: false));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Raw.DisposeAsync();

    private static T Read<T>(IDeserializer<T> deserializer, in ConsumeRecord record, ReadOnlyMemory<byte> bytes, bool isNull, bool isKey)
    {
        try
        {
            return deserializer.Deserialize(new ReadOnlySequence<byte>(bytes), isNull, new SerializationContext(record.Topic, isKey));
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new KafkaException(
                ErrorCode.CorruptMessage, $"the {(isKey ? "key" : "value")} of {record.TopicPartition} at offset {record.Offset} cannot be deserialized: {failure.Message}", failure);
        }
    }
}
