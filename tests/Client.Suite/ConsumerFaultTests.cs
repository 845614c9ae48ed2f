using System.Collections.Concurrent;
using System.Text;
using Moldau.Core;
using Moldau.Embedded;

namespace Moldau.Client.Suite;

/// <summary>Consumers whose node is killed while they read: on a node of the test's own, as the one that all share must live.</summary>
public class ConsumerFaultTests
{
    private const int Partitions = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_node_that_is_killed_and_comes_back_costs_no_record_and_no_order(GroupProtocol protocol)
    {
        await using var node = await MoldauNode.StartAsync(options => options.UsesSockets = false, Cancellation);
        var seams = new ClientSeams { Network = node.Network };
        await using var producer = new Producer(new ProducerOptions { BootstrapServers = node.BootstrapServers, Seams = seams });
        await using var admin = new AdminClient(new AdminOptions { BootstrapServers = node.BootstrapServers, Seams = seams });
        await admin.CreateTopicAsync(new NewTopic("t", Partitions), cancellationToken: Cancellation);
        var read = new ConcurrentDictionary<string, byte>();
        var gaps = new ConcurrentBag<string>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var consumer = new Consumer(new ConsumerOptions
        {
            BootstrapServers = node.BootstrapServers,
            Seams = seams,
            GroupId = "g",
            GroupProtocol = protocol,
            OffsetReset = OffsetReset.Earliest,
            AutoCommitInterval = TimeSpan.FromMilliseconds(20),
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            FetchMaxWait = TimeSpan.FromMilliseconds(50),
        });
        consumer.Subscribe("t");
        var reading = ReadAsync(consumer, read, gaps, stop.Token);

        for (var life = 0; life < 4; life++)
        {
            for (var i = 0; i < 90; i++)
            {
                await producer.PostAsync(new ProducerRecord("t", Encoding.UTF8.GetBytes($"{life}-{i}")) { Partition = i % Partitions }, Cancellation);
                if (i == 45 && life > 0)
                {
                    await node.CrashAsync();
                    await node.RestartAsync(Cancellation);
                }
            }

            await producer.FlushAsync(Cancellation);
            var sent = (life + 1) * 90;
            while (read.Count < sent)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
            }
        }

        gaps.ShouldBeEmpty();
        await stop.CancelAsync();
        await reading;
    }

    private static async Task ReadAsync(Consumer consumer, ConcurrentDictionary<string, byte> read, ConcurrentBag<string> gaps, CancellationToken cancellationToken)
    {
        var next = new Dictionary<TopicPartition, long>();
        try
        {
            await foreach (var record in consumer.ConsumeAsync(cancellationToken))
            {
                // What comes again after a rebalance was not committed; what is left out is lost.
                if (record.Offset > next.GetValueOrDefault(record.TopicPartition))
                {
                    gaps.Add($"{record.TopicPartition}: {record.Offset} came where {next.GetValueOrDefault(record.TopicPartition)} was due");
                }

                next[record.TopicPartition] = record.Offset + 1;
                read.TryAdd(Encoding.UTF8.GetString(record.Value), 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is done.
        }
    }
}
