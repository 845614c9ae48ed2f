using System.Text;
using Moldau.Core;

namespace Moldau.Client.Suite;

/// <summary>Transactions as applications use them.</summary>
public class TransactionTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    [Fact]
    public async Task What_is_committed_is_read_and_what_is_aborted_is_not()
    {
        string topic = await Cluster.CreateTopicAsync(partitions: 2);
        await using Producer producer = Transactional();
        await producer.InitTransactionsAsync(Cancellation);
        for (int round = 0; round < 6; round++)
        {
            producer.BeginTransaction();
            for (int i = 0; i < 10; i++)
            {
                await producer.PostAsync(new ProducerRecord { Topic = topic, Partition = i % 2, Value = Encoding.UTF8.GetBytes($"{round}.{i}") }, Cancellation);
            }

            if (round % 2 == 0)
            {
                await producer.CommitTransactionAsync(Cancellation);
            }
            else
            {
                await producer.FlushAsync(Cancellation);
                await producer.AbortTransactionAsync(Cancellation);
            }
        }

        Dictionary<int, List<string>> committed = await Cluster.ValuesAsync(topic, 2, 30, IsolationLevel.ReadCommitted);
        committed[0].ShouldBe(from round in new[] { 0, 2, 4 } from i in new[] { 0, 2, 4, 6, 8 } select $"{round}.{i}");
        committed[1].ShouldBe(from round in new[] { 0, 2, 4 } from i in new[] { 1, 3, 5, 7, 9 } select $"{round}.{i}");
        Dictionary<int, List<string>> all = await Cluster.ValuesAsync(topic, 2, 60);
        all[0].Count.ShouldBe(30);
    }

    [Fact]
    public async Task A_record_that_waits_for_its_topic_when_its_transaction_is_aborted_does_not_come_into_the_next_one()
    {
        string topic = await Cluster.CreateTopicAsync();
        await using Producer producer = Transactional();
        await producer.InitTransactionsAsync(Cancellation);
        producer.BeginTransaction();
        Task aborted = producer.SendAsync(topic, "aborted"u8, Cancellation).AsTask();
        await producer.AbortTransactionAsync(Cancellation);
        producer.BeginTransaction();
        await producer.SendAsync(topic, "committed"u8, Cancellation);
        await producer.CommitTransactionAsync(Cancellation);

        await Should.ThrowAsync<TransactionException>(aborted);
        (await Cluster.ValuesAsync(topic, 1, 1, IsolationLevel.ReadCommitted))[0].ShouldBe(["committed"]);
    }

    [Fact]
    public async Task Offsets_are_committed_along_with_the_transaction()
    {
        string topic = await Cluster.CreateTopicAsync();
        string group = Cluster.NewName("group");
        var partition = new TopicPartition(topic, 0);
        await using Producer producer = Transactional();
        await producer.InitTransactionsAsync(Cancellation);
        await using var consumer = new Consumer(Cluster.For(new ConsumerOptions { GroupId = group, AutoCommit = false }));

        producer.BeginTransaction();
        await producer.SendOffsetsToTransactionAsync(Offsets(partition, 5), new ConsumerGroupMetadata(group, -1, "", null), Cancellation);
        await producer.AbortTransactionAsync(Cancellation);
        (await consumer.CommittedAsync([partition], Cancellation)).ContainsKey(partition).ShouldBeFalse();

        producer.BeginTransaction();
        await producer.PostAsync(topic, "out"u8, Cancellation);
        await producer.SendOffsetsToTransactionAsync(Offsets(partition, 7), new ConsumerGroupMetadata(group, -1, "", null), Cancellation);
        await producer.CommitTransactionAsync(Cancellation);
        (await consumer.CommittedAsync([partition], Cancellation))[partition].Offset.ShouldBe(7);
    }

    [Fact]
    public async Task A_producer_whose_id_another_one_takes_is_fenced_for_good()
    {
        string topic = await Cluster.CreateTopicAsync();
        string id = Cluster.NewName("id");
        await using Producer old = Transactional(id);
        await old.InitTransactionsAsync(Cancellation);
        old.BeginTransaction();
        await old.SendAsync(topic, "old"u8, Cancellation);

        await using Producer fresh = Transactional(id);
        await fresh.InitTransactionsAsync(Cancellation);
        TransactionException fenced = await Should.ThrowAsync<TransactionException>(() => old.CommitTransactionAsync(Cancellation));
        fenced.IsFatal.ShouldBeTrue();
        (await Should.ThrowAsync<TransactionException>(async () => await old.SendAsync(topic, "more"u8, Cancellation))).IsFatal.ShouldBeTrue();

        fresh.BeginTransaction();
        await fresh.SendAsync(topic, "fresh"u8, Cancellation);
        await fresh.CommitTransactionAsync(Cancellation);
        (await Cluster.ValuesAsync(topic, 1, 1, IsolationLevel.ReadCommitted))[0].ShouldBe(["fresh"]);
    }

    [Fact]
    public async Task A_record_that_fails_makes_the_transaction_fail_until_it_is_aborted()
    {
        string topic = await Cluster.CreateTopicAsync("t", 1, ("max.message.bytes", "1000"));
        await using Producer producer = Transactional();
        await producer.InitTransactionsAsync(Cancellation);
        producer.BeginTransaction();
        await producer.SendAsync(topic, "good"u8, Cancellation);
        await Should.ThrowAsync<KafkaException>(async () => await producer.SendAsync(topic, new byte[3000], Cancellation));
        TransactionException failed = await Should.ThrowAsync<TransactionException>(() => producer.CommitTransactionAsync(Cancellation));
        failed.IsFatal.ShouldBeFalse();
        await producer.AbortTransactionAsync(Cancellation);

        producer.BeginTransaction();
        await producer.SendAsync(topic, "second"u8, Cancellation);
        await producer.CommitTransactionAsync(Cancellation);
        (await Cluster.ValuesAsync(topic, 1, 1, IsolationLevel.ReadCommitted))[0].ShouldBe(["second"]);
    }

    [Fact]
    public async Task Calls_out_of_turn_say_what_is_wrong()
    {
        string topic = await Cluster.CreateTopicAsync();
        await using Producer producer = Transactional();
        Should.Throw<InvalidOperationException>(producer.BeginTransaction);
        await producer.InitTransactionsAsync(Cancellation);
        await Should.ThrowAsync<InvalidOperationException>(async () => await producer.SendAsync(topic, "v"u8, Cancellation));
        await Should.ThrowAsync<InvalidOperationException>(() => producer.CommitTransactionAsync(Cancellation));
        producer.BeginTransaction();
        await producer.CommitTransactionAsync(Cancellation);
        producer.BeginTransaction();
        await producer.AbortTransactionAsync(Cancellation);
    }

    private static Dictionary<TopicPartition, CommittedOffset> Offsets(TopicPartition partition, long offset) => new() { [partition] = new CommittedOffset(offset) };

    private Producer Transactional(string? id = null) => new(Cluster.For(new ProducerOptions { TransactionalId = id ?? Cluster.NewName("id"), Linger = TimeSpan.Zero }));
}
