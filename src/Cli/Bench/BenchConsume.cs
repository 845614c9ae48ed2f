using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau bench consume</c>.</summary>
internal sealed class BenchConsume
{
    private readonly Option<string> _topic = new("--topic") { Description = "The topic.", HelpName = "TOPIC", Required = true };
    private readonly Option<long?> _count = new("--num-records", "--messages") { Description = "How many records; all that are there unless given.", HelpName = "N" };
    private readonly Option<long> _timeout = new("--timeout") { Description = "End when no record came for so long.", HelpName = "MS", DefaultValueFactory = _ => 10_000 };
    private readonly Option<bool> _fromLatest = new("--from-latest") { Description = "Only what comes from now on." };
    private readonly Option<string[]> _consumerProperty = new("--consumer-props", "--consumer-property") { Description = "Keys of the consumer's configuration.", HelpName = "KEY=VALUE", AllowMultipleArgumentsPerToken = true };
    private readonly Option<string?> _consumerConfig = new("--consumer.config", "--consumer-config") { Description = "A properties file of the consumer's configuration.", HelpName = "FILE" };

    public static Command Build(CliContext context) => new BenchConsume().Command(context);

    private CliCommand Command(CliContext context)
    {
        var command = new CliCommand("consume", "Read records as fast as they come, and measure.", "moldau bench consume --topic load --messages 5000000") { _topic, _count, _timeout, _fromLatest, _consumerProperty, _consumerConfig };
        command.OnCluster(context, RunAsync);
        return command;
    }

    private async Task<int> RunAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        CliContext context = session.Context;
        TimeProvider time = context.Seams.Time;
        string topic = parsed.GetValue(_topic)!;
        session.SetClientProperties(session.Properties);
        TopicPartition[] partitions = [.. (await session.Admin.DescribeTopicAsync(topic, cancellationToken)).Partitions.Select(partition => new TopicPartition(topic, partition.Partition))];
        await using var consumer = new Consumer(ConsumerOptions.FromProperties(ClientProperties.Of(session, parsed, _consumerConfig, _consumerProperty), context.Seams));
        consumer.Assign(partitions);
        bool fromLatest = parsed.GetValue(_fromLatest);
        long wanted = parsed.GetValue(_count) ?? await ThereAsync(session, partitions, fromLatest, cancellationToken);
        if (fromLatest)
        {
            consumer.SeekToEnd(partitions);
        }
        else
        {
            consumer.SeekToBeginning(partitions);
        }

        var counts = new Counts();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var idle = new CancellationTokenSource(TimeSpan.FromMilliseconds(parsed.GetValue(_timeout)), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        Task live = new LiveRate(context, "read").RunAsync(() => (counts.Records, counts.Bytes), () => "", done.Token);
        long began = time.GetTimestamp();
        try
        {
            await ReadAsync(consumer, counts, wanted, () => idle.CancelAfter(TimeSpan.FromMilliseconds(parsed.GetValue(_timeout))), either.Token);
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            session.Report.Note($"no record came for {parsed.GetValue(_timeout)} ms");
        }
        finally
        {
            done.Cancel();
            await live;
        }

        Write(session.Report, counts, time.GetElapsedTime(began));
        return counts.Records >= wanted ? CommandExit.Ok : CommandExit.Failed;
    }

    private static async Task<long> ThereAsync(Session session, TopicPartition[] partitions, bool fromLatest, CancellationToken cancellationToken)
    {
        if (fromLatest)
        {
            throw CliException.Usage("how many? --from-latest needs --num-records");
        }

        IReadOnlyDictionary<TopicPartition, long> begins = await session.BeginningOffsetsAsync(partitions, cancellationToken);
        IReadOnlyDictionary<TopicPartition, long> ends = await session.EndOffsetsAsync(partitions, cancellationToken);
        return ends.Sum(end => end.Value - begins.GetValueOrDefault(end.Key));
    }

    private static async Task ReadAsync(Consumer consumer, Counts counts, long wanted, Action onRecords, CancellationToken cancellationToken)
    {
        if (wanted == 0)
        {
            return;
        }

        await foreach (ConsumeBatch batch in consumer.ConsumeBatchesAsync(cancellationToken))
        {
            foreach (ref readonly ConsumeRecord record in batch)
            {
                counts.Records++;
                counts.Bytes += record.Key.Length + record.Value.Length;
            }

            onRecords();
            if (counts.Records >= wanted)
            {
                return;
            }
        }
    }

    private static void Write(Report report, Counts counts, TimeSpan elapsed)
    {
        double seconds = Math.Max(elapsed.TotalSeconds, 0.001);
        report.Write(new Facts()
            .Add("records", counts.Records)
            .Add("bytes", Cell.Bytes(counts.Bytes))
            .Add("durationMs", Cell.Milliseconds((long)elapsed.TotalMilliseconds), "duration")
            .Add("recordsPerSecond", ((Cell)(long)(counts.Records / seconds)).ShownAs(Units.Count((long)(counts.Records / seconds))), "records/s")
            .Add("bytesPerSecond", ((Cell)(long)(counts.Bytes / seconds)).ShownAs(Units.Bytes(counts.Bytes / seconds) + "/s"), "throughput"));
    }

    private sealed class Counts
    {
        public long Records { get; set; }

        public long Bytes { get; set; }
    }
}
