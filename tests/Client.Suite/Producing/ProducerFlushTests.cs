using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client.Suite;

/// <summary>Records that wait for their topic belong to those that flushing, committing and disposing wait for.</summary>
public class ProducerFlushTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task Flushing_includes_records_that_wait_for_their_topic()
    {
        var topic = await Cluster.CreateTopicAsync("flush");
        // Of what the flush does not include, nobody would hear in ten minutes.
        await using var producer = new Producer(Cluster.For(new ProducerOptions { Linger = TimeSpan.FromMinutes(10), DeliveryTimeout = TimeSpan.FromMinutes(20) }));
        var first = producer.SendAsync(topic, "a"u8, Cancellation).AsTask();
        var second = producer.SendAsync(topic, "b"u8, Cancellation).AsTask();
        await producer.FlushAsync(Cancellation);
        var patience = TimeSpan.FromSeconds(30);
        (await first.WaitAsync(patience, Cancellation)).Offset.ShouldBe(0);
        (await second.WaitAsync(patience, Cancellation)).Offset.ShouldBe(1);
    }

    [Fact]
    public async Task Disposing_sends_what_waits_for_its_topic()
    {
        var topic = await Cluster.CreateTopicAsync("dispose");
        var producer = new Producer(Cluster.For(new ProducerOptions()));
        var sent = producer.SendAsync(topic, "a"u8, Cancellation).AsTask();
        await producer.DisposeAsync();
        (await sent).Offset.ShouldBe(0);
    }

    [Fact]
    public async Task Committing_a_transaction_includes_records_that_wait_for_their_topic()
    {
        var topic = await Cluster.CreateTopicAsync("commit");
        await using var producer = new Producer(Cluster.For(new ProducerOptions { TransactionalId = Cluster.NewName("id") }));
        await producer.InitTransactionsAsync(Cancellation);
        producer.BeginTransaction();
        var sent = producer.SendAsync(topic, "a"u8, Cancellation).AsTask();
        await producer.CommitTransactionAsync(Cancellation);
        (await sent).Offset.ShouldBe(0);
        await using var consumer = new Consumer(Cluster.For(new ConsumerOptions { IsolationLevel = IsolationLevel.ReadCommitted, OffsetReset = OffsetReset.Earliest }));
        consumer.Assign(new TopicPartition(topic, 0));
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            record.Value.SequenceEqual("a"u8).ShouldBeTrue();
            break;
        }
    }

    [Fact]
    public async Task Servers_that_cannot_be_reached_are_named_by_what_waits_for_them()
    {
        // Nothing listens on port 1, in memory as on the machine.
        await using var producer = new Producer(Cluster.For(new ProducerOptions { MaxBlock = TimeSpan.FromSeconds(1) }) with { BootstrapServers = "127.0.0.1:1" });
        var failure = await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync("topic", "a"u8, Cancellation));
        failure.Code.ShouldBe(ErrorCode.RequestTimedOut);
        failure.Message.ShouldContain("127.0.0.1:1");
        failure.Message.ShouldContain("max.block.ms");
    }
}
