using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Moldau.Client.Suite;

/// <summary>Traces and metrics by OpenTelemetry's messaging conventions, from the producer to the handler.</summary>
public class TelemetryTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task A_handler_goes_on_with_the_trace_of_the_producer_and_a_failed_attempt_says_so()
    {
        var topic = await Cluster.CreateTopicAsync("trace");
        var group = Cluster.NewName("group");
        var spans = new ConcurrentQueue<Activity>();
        var measured = new ConcurrentQueue<(string Name, double Value, string? Error)>();
        using var activities = Listen(topic, spans);
        using var meters = Measure(topic, measured);
        await using (var producer = new Producer(Cluster.For(new ProducerOptions())))
        {
            await producer.SendAsync(topic, "key"u8, "value"u8, Cancellation);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var traces = new ConcurrentQueue<ActivityTraceId>();
        var worker = new Worker(
            new WorkerOptions
            {
                Consumer = Cluster.For(new ConsumerOptions { GroupId = group, OffsetReset = OffsetReset.Earliest }),
                Topics = [topic],
                Retries = new RetryOptions { Backoff = TimeSpan.FromMilliseconds(1) },
            },
            async (_, _) =>
            {
                traces.Enqueue(Activity.Current!.TraceId);
                if (traces.Count == 1)
                {
                    throw new InvalidOperationException("not yet");
                }

                await stop.CancelAsync();
            });
        await worker.RunAsync(stop.Token);

        var sent = spans.Single(span => span.Kind == ActivityKind.Producer);
        var processed = spans.Where(span => span.Kind == ActivityKind.Consumer).ToList();
        traces.ShouldBe([sent.TraceId, sent.TraceId]);
        processed.Select(span => span.OperationName).ShouldBe([$"process {topic}", $"process {topic}"]);
        processed.ShouldAllBe(span => span.ParentSpanId == sent.SpanId && (string)span.GetTagItem("messaging.consumer.group.name")! == group);
        processed.Select(span => span.Status).ShouldBe([ActivityStatusCode.Error, ActivityStatusCode.Unset]);
        processed[0].GetTagItem("error.type").ShouldBe("System.InvalidOperationException");
        measured.Where(entry => entry.Name == "messaging.client.sent.messages").Sum(entry => entry.Value).ShouldBe(1);
        measured.Where(entry => entry.Name == "messaging.client.consumed.messages").Sum(entry => entry.Value).ShouldBe(1);
        measured.Where(entry => entry.Name == "messaging.process.duration").Select(entry => entry.Error).ShouldBe(["System.InvalidOperationException", null]);
    }

    [Fact]
    public async Task A_loop_of_ones_own_goes_on_with_the_trace_where_it_wants_to()
    {
        var topic = await Cluster.CreateTopicAsync("trace");
        var spans = new ConcurrentQueue<Activity>();
        using var activities = Listen(topic, spans);
        await using (var producer = new Producer(Cluster.For(new ProducerOptions())))
        {
            await producer.SendAsync(topic, "value"u8, Cancellation);
        }

        await using var consumer = new Consumer(Cluster.For(new ConsumerOptions { OffsetReset = OffsetReset.Earliest }));
        consumer.Assign(new Core.TopicPartition(topic, 0));
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            using var span = consumer.StartActivity(record);
            span!.TraceId.ShouldBe(spans.Single().TraceId);
            span.GetTagItem("messaging.kafka.offset").ShouldBe(0L);
            break;
        }
    }

    private static ActivityListener Listen(string topic, ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Moldau.Client",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (topic.Equals(activity.GetTagItem("messaging.destination.name")))
                {
                    spans.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Measure(string topic, ConcurrentQueue<(string Name, double Value, string? Error)> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Moldau.Client")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument.Name, value, tags));
        listener.Start();
        return listener;

        void Add(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary();
            if (topic.Equals(named.GetValueOrDefault("messaging.destination.name")))
            {
                measured.Enqueue((name, value, (string?)named.GetValueOrDefault("error.type")));
            }
        }
    }
}
