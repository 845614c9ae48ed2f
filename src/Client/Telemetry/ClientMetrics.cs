using System.Diagnostics.Metrics;

namespace Moldau.Client;

/// <summary>Metrics by OpenTelemetry's messaging conventions; the meter is <c>Moldau.Client</c>. Counted once for each batch, and not at all while nobody listens.</summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new(Tracing.SourceName);

    private static readonly Counter<long> SentMessages = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Records that a producer has sent, or failed to send.");

    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram<double>(
        "messaging.client.operation.duration", "s", "From the first record of a batch being given to the producer to the batch being acknowledged.");

    /// <summary>A producer's batch has ended.</summary>
    public static void Sent(ProducerBatch batch, in DeliveryOutcome outcome, long nowMs)
    {
        if (!SentMessages.Enabled && !OperationDuration.Enabled)
        {
            return;
        }

        var tags = new System.Diagnostics.TagList
        {
            { "messaging.system", "kafka" },
            { "messaging.operation.name", "send" },
            { "messaging.operation.type", "send" },
            { "messaging.destination.name", batch.Queue.Topic.Name },
            { "messaging.destination.partition.id", batch.Queue.Partition },
        };
        if (outcome.Failure is { } failure)
        {
            tags.Add("error.type", failure.Code.ToString());
        }

        SentMessages.Add(batch.RecordsCount, tags);
        OperationDuration.Record((nowMs - batch.CreatedMs) / 1000.0, tags);
    }
}
