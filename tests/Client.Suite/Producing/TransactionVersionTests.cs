using Moldau.Core;
using Moldau.Embedded;

namespace Moldau.Client.Suite;

/// <summary>Transactions as older clusters have them: partitions are announced before they are written. It has a node of its own, whose features it changes.</summary>
public class TransactionVersionTests
{
    [Fact]
    public async Task A_cluster_of_transactions_version_1_commits_aborts_and_mends_as_well()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using MoldauNode node = await MoldauNode.StartAsync(options => options.UsesSockets = false, cancellation);
        var seams = new ClientSeams { Network = node.Network };
        await using (var admin = new AdminClient(new AdminOptions { BootstrapServers = node.BootstrapServers, Seams = seams }))
        {
            var update = new Dictionary<string, FeatureUpdate> { ["transaction.version"] = new(1, FeatureUpgradeType.SafeDowngrade) };
            IReadOnlyDictionary<string, AdminResult> updated = await admin.UpdateFeaturesAsync(update, false, cancellation);
            updated["transaction.version"].ThrowIfFailed();
        }

        await using var producer = new Producer(new ProducerOptions
        {
            BootstrapServers = node.BootstrapServers,
            Seams = seams,
            TransactionalId = "id",
            Linger = TimeSpan.Zero,
            MaxRequestSizeBytes = 10_000_000,
        });
        await producer.InitTransactionsAsync(cancellation);
        for (int round = 0; round < 4; round++)
        {
            producer.BeginTransaction();
            await producer.SendAsync("v1", System.Text.Encoding.UTF8.GetBytes($"{round}"), cancellation);
            await producer.SendOffsetsToTransactionAsync(
                new Dictionary<TopicPartition, CommittedOffset> { [new("v1", 0)] = new(round) }, new ConsumerGroupMetadata("group", -1, "", null), cancellation);
            await (round % 2 == 0 ? producer.CommitTransactionAsync(cancellation) : producer.AbortTransactionAsync(cancellation));
        }

        // A record that is too large for the broker fails its transaction; the epoch rises by InitProducerId (KIP-360), and the next one goes well.
        producer.BeginTransaction();
        await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync("v1", new byte[2_000_000], cancellation));
        await producer.AbortTransactionAsync(cancellation);
        producer.BeginTransaction();
        await producer.SendAsync("v1", "last"u8, cancellation);
        await producer.CommitTransactionAsync(cancellation);

        await using var consumer = new Consumer(new ConsumerOptions
        {
            BootstrapServers = node.BootstrapServers,
            Seams = seams,
            GroupId = "group",
            AutoCommit = false,
            OffsetReset = OffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
        });
        (await consumer.CommittedAsync([new TopicPartition("v1", 0)], cancellation))[new("v1", 0)].Offset.ShouldBe(2);
        consumer.Assign([new TopicPartition("v1", 0)]);
        consumer.SeekToBeginning(new TopicPartition("v1", 0));
        var values = new List<string>();
        await foreach (ConsumeRecord record in consumer.ConsumeAsync(cancellation))
        {
            values.Add(System.Text.Encoding.UTF8.GetString(record.Value));
            if (values[^1] == "last")
            {
                break;
            }
        }

        values.ShouldBe(["0", "2", "last"]);
    }
}
