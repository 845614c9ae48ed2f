using System.Diagnostics;
using System.Text;
using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Traces by OpenTelemetry's messaging conventions, with the context in W3C headers: the source is <c>Moldau.Client</c>. When nobody listens it costs one comparison.
/// </summary>
internal static class Tracing
{
    public const string SourceName = "Moldau.Client";
    public const string TraceParent = "traceparent";
    public const string TraceState = "tracestate";
    private static readonly byte[] TraceParentKey = "traceparent"u8.ToArray();
    private static readonly byte[] TraceStateKey = "tracestate"u8.ToArray();

    public static ActivitySource Source { get; } = new(SourceName);

    public static bool IsEnabled => Source.HasListeners();

    /// <summary>Makes a span of the record's creation and puts its context into the headers, unless the application has put one there.</summary>
    public static void Inject(ref ProducerRecord record)
    {
        foreach (ref readonly RecordHeader header in record.Headers)
        {
            if (header.Key.Span.SequenceEqual(TraceParentKey))
            {
                return;
            }
        }

        using Activity? activity = Source.StartActivity($"send {record.Topic}", ActivityKind.Producer);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("messaging.operation.name", "send");
        activity?.SetTag("messaging.destination.name", record.Topic);
        if (record.Partition >= 0)
        {
            activity?.SetTag("messaging.destination.partition.id", record.Partition);
        }

        if ((activity ?? Activity.Current) is { IdFormat: ActivityIdFormat.W3C, Id: { } id } context)
        {
            record.Headers = Append(record.Headers, id, context.TraceStateString);
        }
    }

    /// <summary>
    /// Begins the span of a record's processing, as a child of the span that made the record, where that left its context in the headers. Null when nobody listens. Disposing ends it.
    /// </summary>
    public static Activity? StartProcess(TopicPartition partition, long offset, string? group, string? parent, string? state)
    {
        ActivityContext.TryParse(parent, state, isRemote: true, out ActivityContext context);
        Activity? activity = Source.StartActivity($"process {partition.Topic}", ActivityKind.Consumer, context);
        activity?.SetTag("messaging.system", "kafka");
        activity?.SetTag("messaging.operation.type", "process");
        activity?.SetTag("messaging.operation.name", "process");
        activity?.SetTag("messaging.destination.name", partition.Topic.Value);
        activity?.SetTag("messaging.destination.partition.id", partition.Partition.Value);
        activity?.SetTag("messaging.kafka.offset", offset);
        if (group is not null)
        {
            activity?.SetTag("messaging.consumer.group.name", group);
        }

        return activity;
    }

    private static RecordHeader[] Append(ReadOnlySpan<RecordHeader> headers, string id, string? state)
    {
        bool hasState = !string.IsNullOrEmpty(state);
        var all = new RecordHeader[headers.Length + (hasState ? 2 : 1)];
        headers.CopyTo(all);
        all[headers.Length] = new RecordHeader(TraceParentKey, Encoding.ASCII.GetBytes(id));
        if (hasState)
        {
            all[^1] = new RecordHeader(TraceStateKey, Encoding.ASCII.GetBytes(state!));
        }

        return all;
    }
}
