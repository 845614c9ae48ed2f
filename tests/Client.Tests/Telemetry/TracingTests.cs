using System.Diagnostics;
using System.Text;
using Moldau.Records;

namespace Moldau.Client.Tests;

/// <summary>The context of a trace on its way into a record.</summary>
public class TracingTests
{
    [Fact]
    public void A_record_carries_the_context_of_its_span_and_keeps_one_that_it_has()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Moldau.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        Tracing.IsEnabled.ShouldBeTrue();

        string topic = $"traced-{nameof(TracingTests)}";
        var record = new ProducerRecord(topic, "v"u8) { Headers = new RecordHeader[] { new("own", "1"u8.ToArray()) } };
        Tracing.Inject(ref record);
        record.Headers.Length.ShouldBe(2);
        Activity span = spans.Single(span => span.DisplayName == $"send {topic}");
        span.Kind.ShouldBe(ActivityKind.Producer);
        span.GetTagItem("messaging.destination.name").ShouldBe(topic);
        Encoding.UTF8.GetString(record.Headers[1].Key.Span).ShouldBe("traceparent");
        Encoding.UTF8.GetString(record.Headers[1].Value!.Value.Span).ShouldBe(span.Id);

        Tracing.Inject(ref record);
        record.Headers.Length.ShouldBe(2);
    }
}
