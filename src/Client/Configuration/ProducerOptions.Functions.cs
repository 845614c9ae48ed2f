namespace Moldau.Client;

/// <content>What code says and no property of Kafka can: functions of the application's. And what contradicts itself.</content>
public sealed partial record ProducerOptions
{
    /// <summary>Chooses the partition of records that were given none (<c>partitioner.class</c>).</summary>
    public Partitioner Partitioner { get; init; } = Partitioner.KeyHash;

    /// <summary>Is told how each record ended, the awaited ones too; null when nobody wants to know.</summary>
    public DeliveryHandler? OnDelivery { get; init; }

    /// <summary>See and may change each record before it is partitioned, in this order, on the thread that sends it.</summary>
    public IReadOnlyList<RecordInterceptor> Interceptors { get; init; } = [];

    /// <summary>How long disposing waits for what was not sent yet.</summary>
    public TimeSpan DisposeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Refuses what contradicts itself.</summary>
    /// <exception cref="ArgumentException">The message names the property, its value and what would be right.</exception>
    internal void Validate()
    {
        Require(BatchSizeBytes >= 0, nameof(BatchSizeBytes), BatchSizeBytes, "must not be negative");
        Require(BufferMemoryBytes >= BatchSizeBytes, nameof(BufferMemoryBytes), BufferMemoryBytes, $"must hold at least one batch of {BatchSizeBytes} bytes ({nameof(BatchSizeBytes)})");
        Require(MaxRequestSizeBytes > 0, nameof(MaxRequestSizeBytes), MaxRequestSizeBytes, "must be above 0");
        Require(Linger >= TimeSpan.Zero, nameof(Linger), Linger, "must not be negative");
        Require(Retries >= 0, nameof(Retries), Retries, "must not be negative");
        Require(MaxInFlight >= 1, nameof(MaxInFlight), MaxInFlight, "must be at least 1");
        Require(DeliveryTimeout >= Linger + RequestTimeout, nameof(DeliveryTimeout), DeliveryTimeout, $"must be at least {nameof(Linger)} + {nameof(RequestTimeout)}, {Linger + RequestTimeout}");
        if (EnableIdempotence)
        {
            Require(Acks == Acks.All, nameof(Acks), Acks, $"must be {nameof(Acks.All)} with {nameof(EnableIdempotence)}");
            Require(MaxInFlight <= 5, nameof(MaxInFlight), MaxInFlight, $"must be at most 5 with {nameof(EnableIdempotence)}: brokers remember so many batches of a producer");
            Require(Retries > 0, nameof(Retries), Retries, $"must be above 0 with {nameof(EnableIdempotence)}");
        }

        Require(TransactionalId is null || EnableIdempotence, nameof(EnableIdempotence), EnableIdempotence, $"must be true with {nameof(TransactionalId)}");
        Require(TransactionalId is not "", nameof(TransactionalId), "\"\"", "must not be empty; null means none");
    }

    private static void Require(bool isRight, string name, object value, string rule)
    {
        if (!isRight)
        {
            throw new ArgumentException($"{nameof(ProducerOptions)}.{name} is {value}: it {rule}");
        }
    }
}
