using System.Diagnostics;
using System.Diagnostics.Metrics;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>Metrics by OpenTelemetry's messaging conventions; the meter is <c>Moldau.Client</c>. Counted once for each batch, and not at all while nobody listens.</summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new(Tracing.SourceName);

    private static readonly Counter<long> SentMessages = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Records that a producer has sent, or failed to send.");

    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "From the first record of a batch being given to the producer to the batch being acknowledged.");

    private static readonly Counter<long> ConsumedMessages = Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{message}", "Records that a consumer has handed out.");

    private static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram<double>(
        "messaging.process.duration", "s", "How long a worker's handler has had a record.");

    /// <summary>Records of a partition are handed out.</summary>
    public static void Consumed(PartitionState state, string? group, int count)
    {
        if (ConsumedMessages.Enabled)
        {
            ConsumedMessages.Add(count, ConsumerTags(state.Topic, state.Index, group, "poll", "receive"));
        }
    }

    /// <summary>A handler is done with a record.</summary>
    public static void Processed(TopicPartition partition, string group, double seconds, string? error)
    {
        if (!ProcessDuration.Enabled)
        {
            return;
        }

        var tags = ConsumerTags(partition.Topic, partition.Partition, group, "process", "process");
        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        ProcessDuration.Record(seconds, tags);
    }

    /// <summary>A producer's batch has ended.</summary>
    public static void Sent(ProducerBatch batch, in DeliveryOutcome outcome, long nowMs)
    {
        if (!SentMessages.Enabled && !OperationDuration.Enabled)
        {
            return;
        }

        var tags = Tags(batch.Queue.Topic.Name, batch.Queue.Partition, "send", "send");
        if (outcome.Failure is { } failure)
        {
            tags.Add("error.type", failure.Code.ToString());
        }

        SentMessages.Add(batch.RecordsCount, tags);
        OperationDuration.Record((nowMs - batch.CreatedMs) / 1000.0, tags);
    }

    private static TagList ConsumerTags(string topic, int partition, string? group, string operation, string operationType)
    {
        var tags = Tags(topic, partition, operation, operationType);
        if (group is not null)
        {
            tags.Add("messaging.consumer.group.name", group);
        }

        return tags;
    }

    private static TagList Tags(string topic, int partition, string operation, string operationType) => new()
    {
        { "messaging.system", "kafka" },
        { "messaging.operation.name", operation },
        { "messaging.operation.type", operationType },
        { "messaging.destination.name", topic },
        { "messaging.destination.partition.id", partition },
    };
}
