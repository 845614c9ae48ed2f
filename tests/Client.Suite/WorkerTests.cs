using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Moldau.Core;

namespace Moldau.Client.Suite;

public class WorkerTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    private const int Keys = 7;

    [Fact]
    public async Task Records_of_a_key_are_handled_in_their_order_and_others_beside_them()
    {
        const int Count = 500;
        string topic = await Cluster.CreateTopicAsync("work", partitions: 2);
        await SendAsync(topic, Count);
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        var busy = new ConcurrentDictionary<string, int>();
        int beside = 0;
        int running = 0;

        await WorkAsync(Options(topic), Count, async (record, cancellation) =>
        {
            string key = Text(record.Key);
            busy.AddOrUpdate(key, 1, (_, count) => count + 1).ShouldBe(1, $"two records of {key} at once");
            Max(ref beside, Interlocked.Increment(ref running));
            await Task.Yield();
            seen.GetOrAdd(key, _ => []).Enqueue(Number(record));
            Interlocked.Decrement(ref running);
            busy[key] = 0;
        });

        foreach ((string key, ConcurrentQueue<int> numbers) in seen)
        {
            numbers.ShouldBe(Enumerable.Range(0, Count).Where(number => $"k{number % Keys}" == key), $"the order of {key}");
        }

        beside.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_record_that_fails_is_tried_again_then_later_then_put_aside_and_the_others_go_on()
    {
        string topic = await Cluster.CreateTopicAsync("work");
        string group = Cluster.NewName("group");
        await SendAsync(topic, 20);
        var attempts = new ConcurrentQueue<(string Topic, int EarlierDeliveries)>();
        var retries = new RetryOptions { Attempts = 2, Backoff = TimeSpan.FromMilliseconds(1), RetryTopicDelays = [TimeSpan.FromMilliseconds(50)] };
        await using var dead = new Consumer(Cluster.For(new ConsumerOptions { OffsetReset = OffsetReset.Earliest }));
        string deadTopic = retries.DeadLetterTopicName(topic, group);

        await WorkAsync(Options(topic, group) with { Retries = retries }, 19, async (record, cancellation) =>
        {
            await Task.Yield();
            if (Number(record) == 3)
            {
                attempts.Enqueue((record.TopicPartition.Topic, record.EarlierDeliveries));
                throw new InvalidDataException("three is not taken");
            }
        }, done: statistics => statistics.Handled == 19 && statistics.DeadLettered == 1);

        string retryTopic = retries.RetryTopicName(topic, group, 0);
        attempts.ShouldBe([(topic, 0), (topic, 0), (retryTopic, 2), (retryTopic, 2)]);
        dead.Assign(new TopicPartition(deadTopic, 0));
        await foreach (ConsumeRecord record in dead.ConsumeAsync(Cancellation))
        {
            Encoding.UTF8.GetString(record.Value).ShouldBe("3");
            Encoding.UTF8.GetString(record.Key).ShouldBe("k3");
            Header(record, WorkerHeaders.Topic).ShouldBe(topic);
            Header(record, WorkerHeaders.Offset).ShouldBe("3");
            Header(record, WorkerHeaders.Group).ShouldBe(group);
            Header(record, WorkerHeaders.DeliveryCount).ShouldBe("4");
            Header(record, WorkerHeaders.Message).ShouldContain("three is not taken");
            break;
        }
    }

    [Fact]
    public async Task A_record_that_may_not_be_put_aside_ends_the_worker_and_is_handled_again_by_the_next()
    {
        string topic = await Cluster.CreateTopicAsync("work");
        string group = Cluster.NewName("group");
        await SendAsync(topic, 10);
        WorkerOptions options = Options(topic, group) with { Order = WorkOrder.Partition, Retries = new RetryOptions { Attempts = 1, UsesDeadLetterTopic = false } };

        InvalidDataException failure = await Should.ThrowAsync<InvalidDataException>(
            new Worker(options, (record, _) => Number(record) == 4 ? throw new InvalidDataException("four") : ValueTask.CompletedTask).RunAsync(Cancellation));
        failure.Message.ShouldBe("four");

        var again = new ConcurrentQueue<int>();
        await WorkAsync(options, 6, (record, _) =>
        {
            again.Enqueue(Number(record));
            return ValueTask.CompletedTask;
        });
        again.ShouldBe([4, 5, 6, 7, 8, 9]);
    }

    [Fact]
    public async Task What_is_done_is_committed_and_not_handled_again()
    {
        string topic = await Cluster.CreateTopicAsync("work");
        string group = Cluster.NewName("group");
        await SendAsync(topic, 50);
        await WorkAsync(Options(topic, group), 50, (_, _) => ValueTask.CompletedTask);

        await SendAsync(topic, 5);
        var later = new ConcurrentQueue<long>();
        await WorkAsync(Options(topic, group), 5, (record, _) =>
        {
            later.Enqueue(record.Offset);
            return ValueTask.CompletedTask;
        });

        later.Order().ShouldBe([50, 51, 52, 53, 54]);
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Workers_that_come_and_go_lose_no_record_and_keep_the_order_of_keys(GroupProtocol protocol)
    {
        const int Count = 400;
        string topic = await Cluster.CreateTopicAsync("work", partitions: 4);
        string group = Cluster.NewName("group");
        WorkerOptions options = Options(topic, group);
        options = options with { Consumer = options.Consumer with { GroupProtocol = protocol }, CommitInterval = TimeSpan.FromMilliseconds(20) };
        var seen = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        int handled = 0;
        async ValueTask Handle(WorkerRecord record, CancellationToken cancellation)
        {
            await Task.Yield();
            seen.GetOrAdd(Text(record.Key), _ => []).Enqueue(Number(record));
            Interlocked.Increment(ref handled);
        }

        using var stopFirst = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        using var stopSecond = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task first = new Worker(options, Handle).RunAsync(stopFirst.Token);
        await SendAsync(topic, Count / 2);
        Task second = new Worker(options, Handle).RunAsync(stopSecond.Token);
        await UntilAsync(() => Volatile.Read(ref handled) >= Count / 2, first, second);
        await stopFirst.CancelAsync();
        await first;
        await SendAsync(topic, Count / 2, from: Count / 2);
        await UntilAsync(() => seen.Values.Sum(numbers => numbers.Distinct().Count()) == Count, second);
        await stopSecond.CancelAsync();
        await second;

        foreach ((string key, ConcurrentQueue<int> numbers) in seen)
        {
            // A record may come again after a partition has moved, but never one before another for the first time.
            numbers.Distinct().ShouldBe(Enumerable.Range(0, Count).Where(number => $"k{number % Keys}" == key), $"the order of {key}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Partitions_that_come_while_a_worker_is_full_do_not_fill_it_further()
    {
        string topic = await Cluster.CreateTopicAsync("full", partitions: 2);
        string group = Cluster.NewName("group");
        WorkerOptions options = Options(topic, group) with { Concurrency = 1, BufferedMax = 20, Order = WorkOrder.Partition, DrainTimeout = TimeSpan.FromMilliseconds(10) };
        options = options with
        {
            Consumer = options.Consumer with { MaxPollRecords = 10, Assignors = static () => [new CooperativeStickyAssignor()], HeartbeatInterval = TimeSpan.FromMilliseconds(100) },
        };
        using var stopFirst = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        int assignedFirst = 0, assigned = 0, handled = 0, most = 0;
        Worker? worker = null;
        var first = new Worker(Counting(options, count => Interlocked.Add(ref assignedFirst, count)), static (_, cancellation) => new ValueTask(Task.Delay(Timeout.Infinite, cancellation)));
        worker = new Worker(Counting(options, count => Interlocked.Add(ref assigned, count)), async (_, cancellation) =>
        {
            // The first record is held until the other worker's partition is here, and the rest takes its time.
            while (Volatile.Read(ref assigned) < 2)
            {
                await Task.Delay(10, cancellation);
            }

            await Task.Delay(1, cancellation);
            Max(ref most, worker!.Statistics.Waiting);
            if (Interlocked.Increment(ref handled) == 200)
            {
                await stop.CancelAsync();
            }
        });
        Task firstRun = first.RunAsync(stopFirst.Token);
        Task run = worker.RunAsync(stop.Token);
        await UntilAsync(() => Volatile.Read(ref assignedFirst) > 0 && Volatile.Read(ref assigned) > 0, firstRun, run);
        await SendAsync(topic, 4000);
        await UntilAsync(() => worker.Statistics.Waiting + worker.Statistics.Running >= 20 || Volatile.Read(ref handled) > 0, firstRun, run);
        await stopFirst.CancelAsync();
        await firstRun;
        await run;

        // Each of two partitions may have brought one batch after it was full.
        most.ShouldBeLessThanOrEqualTo(20 + (2 * 10));
    }

    private static WorkerOptions Counting(WorkerOptions options, Action<int> assigned) => options with
    {
        Consumer = options.Consumer with
        {
            OnAssigned = (partitions, _) =>
            {
                assigned(partitions.Count);
                return default;
            },
            OnRevoked = (partitions, _) =>
            {
                assigned(-partitions.Count);
                return default;
            },
        },
    };

    private static void Max(ref int most, int now)
    {
        int before;
        while ((before = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, before) != before)
        {
            // Another thread was in between.
        }
    }

    private static int Number(WorkerRecord record) => int.Parse(Text(record.Value), CultureInfo.InvariantCulture);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private static string Header(ConsumeRecord record, string name)
    {
        record.Headers.TryGet(name, out ReadOnlyMemory<byte> value).ShouldBeTrue($"there is no header {name}");
        return Text(value);
    }

    private WorkerOptions Options(string topic, string? group = null) => new()
    {
        Consumer = Cluster.For(new ConsumerOptions { GroupId = group ?? Cluster.NewName("group"), OffsetReset = OffsetReset.Earliest }),
        Topics = [topic],
        Concurrency = 8,
        BufferedMax = 50,
    };

    /// <summary>Runs a worker until so many records are handled, or until it is otherwise done, and stops it.</summary>
    private static async Task WorkAsync(WorkerOptions options, int count, Func<WorkerRecord, CancellationToken, ValueTask> handler, Predicate<WorkerStatistics>? done = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var worker = new Worker(options, handler);
        Task run = worker.RunAsync(stop.Token);
        done ??= statistics => statistics.Handled == count;
        await UntilAsync(() => done(worker.Statistics), run);
        await stop.CancelAsync();
        await run;
    }

    /// <summary>Returns when it is so, or a worker has ended.</summary>
    private static async Task UntilAsync(Func<bool> isSo, params Task[] runs)
    {
        while (!isSo() && !Array.Exists(runs, run => run.IsCompleted))
        {
            await Task.Delay(5, Cancellation);
        }
    }

    private async Task SendAsync(string topic, int count, int from = 0)
    {
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        for (int number = from; number < from + count; number++)
        {
            await producer.PostAsync(topic, Encoding.UTF8.GetBytes($"k{number % Keys}"), Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)), Cancellation);
        }

        await producer.FlushAsync(Cancellation);
    }
}
