using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>Options by Kafka's names.</summary>
public sealed partial record ProducerOptions
{
    private const int InFlightMaxWithIdempotence = 5;

    /// <summary>Options by Kafka's names.</summary>
    /// <param name="properties">Names and values, as in a properties file.</param>
    /// <param name="seams">Time, network and randomness; the real ones when null.</param>
    /// <exception cref="ConfigurationException">A key is unknown, its value is wrong, or two do not go together; the message names them and what would be right.</exception>
    public static ProducerOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties, ClientSeams? seams = null)
    {
        var config = new ClientConfigReader(ClientKeys.Producer, properties, (seams ?? new ClientSeams()).Logging.CreateLogger<ProducerOptions>());
        CompressionType compression = Enum.Parse<CompressionType>(config.Get<string>("compression.type"), ignoreCase: true);
        ProducerOptions options = CommonOptions.Apply(new ProducerOptions(), config, seams) with
        {
            Acks = config.Get<string>("acks") switch { "0" => Acks.None, "1" => Acks.Leader, _ => Acks.All },
            EnableIdempotence = config.Get<bool>("enable.idempotence"),
            BatchSizeBytes = config.Get<int>("batch.size"),
            Linger = config.Milliseconds("linger.ms"),
            BufferMemoryBytes = config.Get<long>("buffer.memory"),
            MaxBlock = config.Milliseconds("max.block.ms"),
            MetadataMaxIdle = config.Milliseconds("metadata.max.idle.ms"),
            MaxRequestSizeBytes = config.Get<int>("max.request.size"),
            MaxInFlight = config.Get<int>("max.in.flight.requests.per.connection"),
            Retries = config.Get<int>("retries"),
            DeliveryTimeout = config.Milliseconds("delivery.timeout.ms"),
            Compression = compression,
            CompressionLevel = compression switch
            {
                CompressionType.Gzip => Level(config, "compression.gzip.level"),
                CompressionType.Lz4 => Level(config, "compression.lz4.level"),
                CompressionType.Zstd => Level(config, "compression.zstd.level"),
                _ => null,
            },
            Partitioner = PartitionerOf(config),
            AdaptivePartitioning = config.Get<bool>("partitioner.adaptive.partitioning.enable"),
            PartitionAvailabilityTimeout = config.Milliseconds("partitioner.availability.timeout.ms"),
            TransactionalId = config.Text("transactional.id"),
            TransactionTimeout = config.Milliseconds("transaction.timeout.ms"),
            ClientRack = config.Text("client.rack") ?? "",
        };
        return Reconcile(options, config);
    }

    private static Partitioner PartitionerOf(ClientConfigReader config) => config.Text("partitioner.class") switch
    {
        null or "" => config.Get<bool>("partitioner.ignore.keys") ? Partitioner.Sticky : Partitioner.KeyHash,
        { } name when name.EndsWith("RoundRobinPartitioner", StringComparison.Ordinal) => Partitioner.RoundRobin(),
        { } name => throw new ConfigurationException($"partitioner.class={name} is a Java class: it is empty or Kafka's RoundRobinPartitioner; others are given as {nameof(ProducerOptions)}.{nameof(Partitioner)}"),
    };

    private static int? Level(ClientConfigReader config, string key) => config.IsSet(key) ? config.Get<int>(key) : null;

    /// <summary>Idempotence that was not asked for gives way to what it does not go with, and idempotence that was asked for does not: as in Kafka's producer (KIP-679).</summary>
    private static ProducerOptions Reconcile(ProducerOptions options, ClientConfigReader config)
    {
        bool isAskedFor = options.TransactionalId is not null || (config.IsSet("enable.idempotence") && options.EnableIdempotence);
        if (options.TransactionalId is not null && !options.EnableIdempotence)
        {
            throw new ConfigurationException("transactional.id is set, and enable.idempotence is false: transactions need it");
        }

        string? conflict = options.Acks != Acks.All ? $"acks={config.Get<string>("acks")}: it must be all"
            : options.Retries == 0 ? "retries=0: it must be at least 1"
            : options.MaxInFlight > InFlightMaxWithIdempotence ? $"max.in.flight.requests.per.connection={options.MaxInFlight}: it must be at most {InFlightMaxWithIdempotence}"
            : null;
        if (conflict is not null && isAskedFor)
        {
            throw new ConfigurationException($"idempotence does not go with {conflict}");
        }

        // Kafka's producer refuses too many in flight even where idempotence is only its default.
        if (conflict is not null && options.EnableIdempotence && options.Acks == Acks.All && options.Retries > 0)
        {
            throw new ConfigurationException($"idempotence does not go with {conflict}, or set enable.idempotence=false");
        }

        TimeSpan shortest = options.Linger + options.RequestTimeout;
        if (options.DeliveryTimeout < shortest && config.IsSet("delivery.timeout.ms"))
        {
            throw new ConfigurationException(
                $"delivery.timeout.ms must be at least linger.ms + request.timeout.ms: {options.DeliveryTimeout.TotalMilliseconds:0} is less than {shortest.TotalMilliseconds:0}");
        }

        return options with
        {
            DeliveryTimeout = options.DeliveryTimeout < shortest ? shortest : options.DeliveryTimeout,
            EnableIdempotence = options.EnableIdempotence && conflict is null,
        };
    }
}
