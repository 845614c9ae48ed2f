using System.Globalization;
using System.Text;
using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Client.Suite;

/// <summary>What consumers do at the edges of their lives: closed out of their own loop, put out and back, topics that go and come.</summary>
public class ConsumerLifecycleTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<GroupProtocol> Protocols => [GroupProtocol.Classic, GroupProtocol.Consumer];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Closing_out_of_the_loop_waits_for_nothing_and_leaves_the_record_in_hand_undone(GroupProtocol protocol)
    {
        var topic = await FilledAsync("close", 5);
        var options = Options(protocol);
        await using (var consumer = new Consumer(options))
        {
            consumer.Subscribe(topic);
            var read = 0;
            await foreach (var record in consumer.ConsumeAsync(Cancellation))
            {
                if (++read == 3)
                {
                    await consumer.CloseAsync(timeout: Long).WaitAsync(Patience, Cancellation);
                    record.Offset.ShouldBe(2);
                }
            }

            read.ShouldBe(3);
        }

        await using var next = new Consumer(options);
        next.Subscribe(topic);
        (await FirstAsync(next)).ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Unsubscribing_out_of_a_loop_over_batches_waits_for_nothing_and_the_loop_goes_on_with_the_next_subscription(GroupProtocol protocol)
    {
        var first = await FilledAsync("first", 5);
        var second = await FilledAsync("second", 5);
        await using var consumer = new Consumer(Options(protocol) with { MaxPollRecords = 2 });
        consumer.Subscribe(first);
        var seen = new List<string>();
        await foreach (var batch in consumer.ConsumeBatchesAsync(Cancellation))
        {
            foreach (var record in batch)
            {
                seen.Add(record.Topic);
            }

            if (seen.Count == 2)
            {
                await consumer.UnsubscribeAsync(Cancellation).WaitAsync(Patience, Cancellation);
                consumer.Assignment.ShouldBeEmpty();
                consumer.Subscribe(second);
            }
            else if (seen.Count(topic => topic == second) == 5)
            {
                break;
            }
        }

        seen.Count(topic => topic == first).ShouldBe(2);
    }

    [Fact]
    public async Task Closing_where_partitions_are_told_of_is_refused_with_what_to_do()
    {
        var topic = await FilledAsync("told", 1);
        Consumer? consumer = null;
        consumer = new Consumer(Options(GroupProtocol.Classic) with { OnAssigned = async (_, _) => await consumer!.CloseAsync() });
        await using (consumer)
        {
            consumer.Subscribe(topic);
            var refused = await Should.ThrowAsync<InvalidOperationException>(() => FirstAsync(consumer));
            refused.Message.ShouldContain("OnAssigned");
        }
    }

    [Fact]
    public async Task Whoever_closes_second_waits_for_the_first()
    {
        var topic = await FilledAsync("twice", 1);
        var isTold = new TaskCompletionSource();
        var mayGo = new TaskCompletionSource();
        var consumer = new Consumer(Options(GroupProtocol.Classic) with
        {
            OnRevoked = async (_, _) =>
            {
                isTold.SetResult();
                await mayGo.Task;
            },
        });
        consumer.Subscribe(topic);
        (await FirstAsync(consumer)).ShouldBe(0);
        var first = consumer.CloseAsync(timeout: Long);
        await isTold.Task.WaitAsync(Patience, Cancellation);
        var second = consumer.CloseAsync(timeout: Long);
        second.IsCompleted.ShouldBeFalse();
        mayGo.SetResult();
        await Task.WhenAll(first, second).WaitAsync(Patience, Cancellation);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic, HandlerEviction.ByPollInterval)]
    [InlineData(GroupProtocol.Consumer, HandlerEviction.WithoutProgress)]
    public async Task A_member_put_out_for_a_slow_handler_cannot_commit_and_comes_back_when_it_asks_for_more(GroupProtocol protocol, HandlerEviction eviction)
    {
        var topic = await FilledAsync("slow", 4);
        await using var consumer = new Consumer(Options(protocol) with { Eviction = eviction, MaxPollInterval = TimeSpan.FromMilliseconds(500), AutoCommit = false });
        consumer.Subscribe(topic);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Patience);
        KafkaException? refused = null;
        var last = -1L;
        await foreach (var record in consumer.ConsumeAsync(timeout.Token))
        {
            while (refused is null)
            {
                try
                {
                    // Until the coordinator has put it out.
                    await consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [record.TopicPartition] = new(0) }, timeout.Token);
                    await Task.Delay(20, timeout.Token);
                }
                catch (KafkaException failure)
                {
                    refused = failure;
                }
            }

            last = record.Offset;
            if (last == 3)
            {
                break;
            }
        }

        last.ShouldBe(3);
        refused!.Code.ShouldBe(ErrorCode.UnknownMemberId);
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_topic_that_is_deleted_and_made_anew_is_read_from_its_beginning(GroupProtocol protocol)
    {
        var topic = await FilledAsync("anew", 20);
        await using var admin = new AdminClient(Cluster.For(new AdminOptions()));
        await using var consumer = new Consumer(Options(protocol) with { AllowAutoCreateTopics = false, MetadataMaxAge = TimeSpan.FromMilliseconds(200) });
        consumer.Subscribe(topic);
        var read = new List<string>();
        var deleted = false;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Patience);
        await foreach (var record in consumer.ConsumeAsync(timeout.Token))
        {
            read.Add(Encoding.UTF8.GetString(record.Value));
            if (read.Count == 20 && !deleted)
            {
                deleted = true;
                (await admin.DeleteTopicsAsync([topic], timeout.Token)).ThrowIfAnyFailed();
                await MakeAgainAsync(admin, topic, timeout.Token);
                await FillAsync(topic, 30, from: 100);
            }

            if (read.Count == 50)
            {
                break;
            }
        }

        read.Skip(20).ShouldBe(Enumerable.Range(100, 30).Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_deleted_topic_is_not_made_again_by_a_consumer_that_reads_others_now()
    {
        var topic = await FilledAsync("gone", 1);
        var other = await FilledAsync("kept", 1);
        await using var admin = new AdminClient(Cluster.For(new AdminOptions()));
        await using var consumer = new Consumer(Options(GroupProtocol.Classic));
        consumer.Subscribe(topic);
        (await FirstAsync(consumer)).ShouldBe(0);
        consumer.Subscribe(other);
        (await FirstAsync(consumer)).ShouldBe(0);
        (await admin.DeleteTopicsAsync([topic], Cancellation)).ThrowIfAnyFailed();

        // A name that nobody has: the consumer asks for it, has the broker make it, and with it whatever else it asks for.
        var made = Cluster.NewName("made");
        consumer.Subscribe(other, made);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reading = DrainAsync(consumer, stop.Token);
        await UntilAsync(() => consumer.Assignment.Any(partition => partition.Topic == made), "the new topic is assigned");
        (await admin.ListTopicsAsync(cancellationToken: Cancellation)).ShouldNotContain(listed => listed.Name == topic);
        await stop.CancelAsync();
        await reading;
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_topic_that_is_made_after_it_was_subscribed_to_is_found_before_the_view_has_aged(GroupProtocol protocol)
    {
        var topic = Cluster.NewName("later");
        await using var admin = new AdminClient(Cluster.For(new AdminOptions()));
        await using var consumer = new Consumer(Options(protocol) with { AllowAutoCreateTopics = false, MetadataMaxAge = Long });
        consumer.Subscribe(await Cluster.CreateTopicAsync("there"), topic);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var reading = DrainAsync(consumer, stop.Token);
        await UntilAsync(() => consumer.Assignment.Count == 1, "the topic that is there is assigned");
        await admin.CreateTopicAsync(new NewTopic(topic, 1), cancellationToken: Cancellation);
        await UntilAsync(() => consumer.Assignment.Count == 2, "the topic that came later is assigned");
        await stop.CancelAsync();
        await reading;
    }

    [Fact]
    public async Task Closing_does_not_wait_for_a_commit_in_a_topic_that_is_gone()
    {
        var topic = await FilledAsync("lost", 3);
        await using var admin = new AdminClient(Cluster.For(new AdminOptions()));
        var consumer = new Consumer(Options(GroupProtocol.Classic) with { AllowAutoCreateTopics = false });
        consumer.Assign(new TopicPartition(topic, 0));
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            if (record.Offset == 2)
            {
                break;
            }
        }

        (await admin.DeleteTopicsAsync([topic], Cancellation)).ThrowIfAnyFailed();
        await consumer.CloseAsync(timeout: Long).WaitAsync(Patience, Cancellation);
    }

    private static async Task MakeAgainAsync(AdminClient admin, string topic, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await admin.CreateTopicAsync(new NewTopic(topic, 1), cancellationToken: cancellationToken);
                return;
            }
            catch (KafkaException failure) when (failure.Code == ErrorCode.TopicAlreadyExists)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    private static async Task<long> FirstAsync(Consumer consumer)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Patience);
        await foreach (var record in consumer.ConsumeAsync(timeout.Token))
        {
            return record.Offset;
        }

        throw new InvalidOperationException("the consumer was closed");
    }

    private static async Task DrainAsync(Consumer consumer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in consumer.ConsumeAsync(cancellationToken))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The test is done with it.
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(Patience);
        while (!condition())
        {
            timeout.IsCancellationRequested.ShouldBeFalse($"not in time: {what}");
            await Task.Delay(20, Cancellation);
        }
    }

    private async Task<string> FilledAsync(string prefix, int count)
    {
        var topic = await Cluster.CreateTopicAsync(prefix);
        await FillAsync(topic, count, from: 0);
        return topic;
    }

    private async Task FillAsync(string topic, int count, int from)
    {
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        for (var i = from; i < from + count; i++)
        {
            await producer.PostAsync(topic, Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), Cancellation);
        }

        await producer.FlushAsync(Cancellation);
    }

    private ConsumerOptions Options(GroupProtocol protocol) => Cluster.For(new ConsumerOptions
    {
        GroupId = Cluster.NewName("group"),
        GroupProtocol = protocol,
        OffsetReset = OffsetReset.Earliest,
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        FetchMaxWait = TimeSpan.FromMilliseconds(50),
        MaxPollInterval = Long,
    });
}
