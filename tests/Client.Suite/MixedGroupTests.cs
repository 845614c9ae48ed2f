using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Moldau.Client.Suite;

/// <summary>Groups that have members of this client and of Java's: whoever leads shares out for both, and each record is read once.</summary>
public class MixedGroupTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    private const int Partitions = 6;

    private readonly ConcurrentDictionary<string, int> _read = [];
    private int _sent;

    [Theory]
    [InlineData("range", "org.apache.kafka.clients.consumer.RangeAssignor", false)]
    [InlineData("sticky", "org.apache.kafka.clients.consumer.StickyAssignor", true)]
    [InlineData("cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", false)]
    [InlineData("cooperative-sticky", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor", true)]
    [InlineData("consumer", "", false)]
    public async Task A_member_of_Java_and_one_of_ours_share_a_group_whoever_comes_first(string protocol, string javaAssignor, bool javaLeads)
    {
        Assert.SkipWhen(Cluster.Kind == ClusterKind.Embedded, "Java's programs need sockets: MOLDAU_SUITE=process or kafka");
        var script = ClusterUnderTest.AboveTests(["../shared/peers/kafka/kafka"]);
        Assert.SkipWhen(script is null, "Java's programs are not here: ../shared/peers/kafka/kafka is missing beside the clone");
        var topic = await Cluster.CreateTopicAsync("mixed", Partitions);
        var group = Cluster.NewName("mixed");
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        Process? java = javaLeads ? Java(script!, topic, group, javaAssignor) : null;
        if (javaLeads)
        {
            await SendAsync(producer, topic);
        }

        await using var ours = new Consumer(Cluster.For(new ConsumerOptions
        {
            GroupId = group,
            OffsetReset = OffsetReset.Earliest,
            GroupProtocol = protocol == "consumer" ? GroupProtocol.Consumer : GroupProtocol.Classic,
            Assignors = () => [ConsumerAssignor.Named(protocol)!],
            HeartbeatInterval = TimeSpan.FromMilliseconds(200),
        }));
        ours.Subscribe(topic);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reading = ReadAsync(ours, stop.Token);
        if (!javaLeads)
        {
            await UntilAsync(() => ours.Assignment.Count == Partitions, "ours has all");
            await SendAsync(producer, topic);
            java = Java(script!, topic, group, javaAssignor);
        }

        await UntilAsync(() => ours.Assignment.Count == Partitions / 2, "both have half");
        await SendAsync(producer, topic);
        using (java)
        {
            using var terminate = Process.Start("kill", java!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            await java.WaitForExitAsync(Cancellation);
        }

        await UntilAsync(() => ours.Assignment.Count == Partitions, "ours has all again");
        await SendAsync(producer, topic);
        await stop.CancelAsync();
        await reading;
        _read.Where(entry => entry.Value != 1).ShouldBeEmpty();
    }

    private async Task SendAsync(Producer producer, string topic)
    {
        for (var i = 0; i < 60; i++)
        {
            await producer.PostAsync(new ProducerRecord(topic, Encoding.UTF8.GetBytes($"{_sent++}")) { Partition = i % Partitions }, Cancellation);
        }

        await producer.FlushAsync(Cancellation);
        await UntilAsync(() => _read.Count == _sent, $"{_sent} records are read");
    }

    private async Task ReadAsync(Consumer consumer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var record in consumer.ConsumeAsync(cancellationToken))
            {
                Count(Encoding.UTF8.GetString(record.Value));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is done with it.
        }
    }

    private void Count(string value) => _read.AddOrUpdate(value, 1, static (_, count) => count + 1);

    private Process Java(string script, string topic, string group, string assignor)
    {
        var start = new ProcessStartInfo(script) { RedirectStandardOutput = true };
        string[] protocol = assignor.Length > 0 ? ["--consumer-property", $"partition.assignment.strategy={assignor}", "--consumer-property", "heartbeat.interval.ms=200"] : ["--consumer-property", "group.protocol=consumer"];
        foreach (var argument in (string[])["console-consumer", "--bootstrap-server", Cluster.BootstrapServers, "--topic", topic, "--group", group, "--from-beginning", .. protocol])
        {
            start.ArgumentList.Add(argument);
        }

        var java = Process.Start(start)!;
        java.OutputDataReceived += (_, line) =>
        {
            // It says other things besides.
            if (line.Data is { Length: > 0 } value && value.All(char.IsAsciiDigit))
            {
                Count(value);
            }
        };
        java.BeginOutputReadLine();
        return java;
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            timeout.IsCancellationRequested.ShouldBeFalse($"not within two minutes: {what}; read {_read.Count} of {_sent}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }
}
