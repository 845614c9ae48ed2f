using System.Text;
using Moldau.Core;
using Moldau.Embedded;

namespace Moldau.Client.Suite;

/// <summary>A broker that dies and comes back while records are produced. It has a node of its own, as the shared one must live.</summary>
public class ProducerCrashTests
{
    [Fact]
    public async Task Crashes_of_the_broker_neither_lose_nor_double_nor_reorder_records()
    {
        const int Records = 20_000;
        const int Partitions = 2;

        // On a directory, so that real files are recovered.
        DirectoryInfo directory = Directory.CreateTempSubdirectory("moldau-crash-");
        await using MoldauNode node = await MoldauNode.StartAsync(options =>
        {
            options.UsesSockets = false;
            options.Directory = directory.FullName;
            options.DefaultPartitions = Partitions;
        }, TestContext.Current.CancellationToken);
        var failures = new List<string>();
        var options = new ProducerOptions
        {
            BootstrapServers = node.BootstrapServers,
            Seams = new ClientSeams { Network = node.Network },
            BatchSizeBytes = 1000,
            BufferMemoryBytes = 100_000,
            RetryBackoff = TimeSpan.FromMilliseconds(10),
            OnDelivery = (in DeliveryReport report) =>
            {
                if (report.Failure is { } failure)
                {
                    failures.Add(failure.Message);
                }
            },
        };
        await using (var producer = new Producer(options))
        {
            for (int i = 0; i < Records; i++)
            {
                if (i % 5000 == 2500)
                {
                    await node.CrashAsync();
                    await node.RestartAsync(TestContext.Current.CancellationToken);
                }

                await producer.PostAsync(
                    new ProducerRecord { Topic = "crashes", Partition = i % Partitions, Value = Encoding.UTF8.GetBytes($"{i}") }, TestContext.Current.CancellationToken);
            }

            await producer.FlushAsync(TestContext.Current.CancellationToken);
        }

        failures.ShouldBeEmpty();
        await using var consumer = new Consumer(new ConsumerOptions
        {
            BootstrapServers = node.BootstrapServers,
            Seams = new ClientSeams { Network = node.Network },
            OffsetReset = OffsetReset.Earliest,
        });
        consumer.Assign(Enumerable.Range(0, Partitions).Select(partition => new TopicPartition("crashes", partition)));
        int[] next = [0, 1];
        int read = 0;
        await foreach (ConsumeRecord record in consumer.ConsumeAsync(TestContext.Current.CancellationToken))
        {
            Encoding.UTF8.GetString(record.Value).ShouldBe($"{next[record.Partition]}", $"partition {record.Partition}, offset {record.Offset}");
            next[record.Partition] += Partitions;
            if (++read == Records)
            {
                break;
            }
        }

        await node.StopAsync();
        directory.Delete(recursive: true);
    }
}
