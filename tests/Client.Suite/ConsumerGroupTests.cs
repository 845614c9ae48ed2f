using System.Collections.Concurrent;
using System.Text;
using Moldau.Core;

namespace Moldau.Client.Suite;

/// <summary>Members of groups that come and go while records do: none is left out, none is read twice, no partition has two owners.</summary>
public class ConsumerGroupTests(ClusterUnderTest cluster) : ClusterTest(cluster)
{
    private const int Partitions = 6;

    [Theory]
    [InlineData("range")]
    [InlineData("roundrobin")]
    [InlineData("sticky")]
    [InlineData("cooperative-sticky")]
    [InlineData("consumer")]
    public async Task Members_come_and_go_and_each_record_is_read_once(string protocol)
    {
        var topic = await Cluster.CreateTopicAsync(protocol, Partitions);
        var group = new Group(this, topic, protocol);
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        await using var a = group.Add();
        await group.UntilSharesAre(6);
        await group.SendAsync(producer, 120);
        await using (var b = group.Add())
        {
            await group.UntilSharesAre(3, 3);
            await group.SendAsync(producer, 120);
            await using (var c = group.Add())
            {
                await group.UntilSharesAre(2, 2, 2);
                await group.SendAsync(producer, 120);
            }

            await group.UntilSharesAre(3, 3);
            await group.SendAsync(producer, 120);
        }

        await group.UntilSharesAre(6);
        await group.UntilReadAsync(480);
        group.Conflicts.ShouldBeEmpty();
        group.Read.Where(entry => entry.Value != 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("range", 1)]
    [InlineData("cooperative-sticky", 2)]
    [InlineData("consumer", 3)]
    public async Task A_storm_of_members_that_come_and_go_without_waiting_for_each_other_costs_no_record(string protocol, int seed)
    {
        var random = new Random(seed);
        var topic = await Cluster.CreateTopicAsync($"storm-{protocol}", Partitions);
        var group = new Group(this, topic, protocol);
        await using var producer = new Producer(Cluster.For(new ProducerOptions()));
        List<Member> members = [group.Add()];
        List<Task> leaving = [];
        for (var step = 0; step < 12; step++)
        {
            await group.SendAsync(producer, 30);
            if (members.Count > 1 && random.Next(2) == 0)
            {
                var member = members[random.Next(members.Count)];
                members.Remove(member);
                leaving.Add(member.DisposeAsync().AsTask());
            }
            else if (members.Count < 5)
            {
                members.Add(group.Add());
            }

            if (random.Next(3) == 0)
            {
                await group.UntilReadAsync(step * 30);
            }
        }

        await group.UntilReadAsync(12 * 30);
        await Task.WhenAll(leaving);
        foreach (var member in members)
        {
            await member.DisposeAsync();
        }

        group.Conflicts.ShouldBeEmpty($"seed {seed}");
        group.Read.Where(entry => entry.Value != 1).ShouldBeEmpty($"seed {seed}");
    }

    [Fact]
    public async Task A_pattern_finds_topics_that_come_later()
    {
        foreach (var protocol in (string[])["range", "consumer"])
        {
            var prefix = Cluster.NewName($"pattern-{protocol}");
            var first = await Cluster.CreateTopicAsync($"{prefix}-t");
            await using var consumer = new Consumer(OptionsOf(protocol, Cluster.NewName("group")) with { MetadataMaxAge = TimeSpan.FromMilliseconds(300) });
            consumer.SubscribePattern($"{prefix}-t.*");
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var reading = ReadAsync(consumer, stop.Token);
            await Until(() => consumer.Assignment.Any(partition => partition.Topic == first), "the first topic is assigned");
            var second = await Cluster.CreateTopicAsync($"{prefix}-t");
            await Until(() => consumer.Assignment.Any(partition => partition.Topic == second), "the second topic is assigned");
            await stop.CancelAsync();
            await reading;
        }
    }

    [Theory]
    [InlineData("range")]
    [InlineData("consumer")]
    public async Task A_static_member_comes_back_to_what_it_had(string protocol)
    {
        var topic = await Cluster.CreateTopicAsync("static", 2);
        var group = Cluster.NewName("group");
        var options = OptionsOf(protocol, group) with { GroupInstanceId = "one" };
        string[] had;
        await using (var other = new Consumer(OptionsOf(protocol, group) with { GroupInstanceId = "two" }))
        {
            other.Subscribe(topic);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var reading = ReadAsync(other, stop.Token);
            await using (var first = new Consumer(options))
            {
                first.Subscribe(topic);
                var task = ReadAsync(first, stop.Token);
                await Until(() => first.Assignment.Count == 1 && other.Assignment.Count == 1, "both have one");
                had = [.. first.Assignment.Select(partition => partition.ToString())];
                await first.CloseAsync();
                await task;
            }

            await using var again = new Consumer(options);
            again.Subscribe(topic);
            var last = ReadAsync(again, stop.Token);
            await Until(() => again.Assignment.Count == 1, "it has one again");
            again.Assignment.Select(partition => partition.ToString()).ShouldBe(had);
            other.Assignment.Count.ShouldBe(1);
            await stop.CancelAsync();
            await Task.WhenAll(reading, last);
        }
    }

    [Fact]
    public async Task A_static_member_whose_name_another_takes_is_told_so()
    {
        var topic = await Cluster.CreateTopicAsync("fenced", 1);
        var options = OptionsOf("range", Cluster.NewName("group")) with { GroupInstanceId = "one" };
        await using var first = new Consumer(options);
        first.Subscribe(topic);
        var reading = ReadAsync(first, Cancellation);
        await Until(() => first.Assignment.Count == 1, "the first has the partition");
        await using var second = new Consumer(options);
        second.Subscribe(topic);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var other = ReadAsync(second, stop.Token);

        var failure = await Should.ThrowAsync<GroupException>(() => reading);
        failure.Code.ShouldBe(Protocol.ErrorCode.FencedInstanceId);
        first.Assignment.ShouldBeEmpty();
        await stop.CancelAsync();
        await other;
    }

    private static async Task ReadAsync(Consumer consumer, CancellationToken cancellationToken)
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

    private static async Task Until(Func<bool> condition, string what)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            timeout.IsCancellationRequested.ShouldBeFalse($"not within a minute: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    private ConsumerOptions OptionsOf(string protocol, string group) => Cluster.For(new ConsumerOptions
    {
        GroupId = group,
        OffsetReset = OffsetReset.Earliest,
        GroupProtocol = protocol == "consumer" ? GroupProtocol.Consumer : GroupProtocol.Classic,
        Assignors = () => [ConsumerAssignor.Named(protocol)!],
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        FetchMaxWait = TimeSpan.FromMilliseconds(50),
    });

    private sealed class Group(ConsumerGroupTests tests, string topic, string protocol)
    {
        private readonly string _group = tests.Cluster.NewName("group");
        private readonly ConcurrentDictionary<TopicPartition, int> _owners = [];
        private readonly Lock _gate = new();
        private List<Member> _members = [];
        private int _sent;
        private int _names;

        public ConcurrentBag<string> Conflicts { get; } = [];

        public ConcurrentDictionary<string, int> Read { get; } = [];

        public Member Add()
        {
            var name = ++_names;
            var member = new Member(
                tests.OptionsOf(protocol, _group) with
                {
                    OnAssigned = (partitions, _) => Own(name, partitions),
                    OnRevoked = (partitions, _) => Disown(name, partitions),
                },
                topic,
                record => Read.AddOrUpdate($"{record.TopicPartition}@{record.Offset}", 1, static (_, count) => count + 1),
                () => Change(members => members.RemoveAll(entry => entry.Name == name)),
                name);
            Change(members => members.Add(member));
            return member;
        }

        public async Task SendAsync(Producer producer, int count)
        {
            for (var i = 0; i < count; i++)
            {
                await producer.PostAsync(new ProducerRecord(topic, Encoding.UTF8.GetBytes($"{_sent++}")) { Partition = i % Partitions }, Cancellation);
            }

            await producer.FlushAsync(Cancellation);
        }

        public async Task UntilSharesAre(params int[] shares) => await Until(
            () => Volatile.Read(ref _members).Select(member => member.Consumer.Assignment.Count).Order().SequenceEqual(shares), $"the shares are {string.Join(", ", shares)}");

        public async Task UntilReadAsync(int count) => await Until(() => Read.Count >= count, $"{count} records are read");

        private void Change(Action<List<Member>> change)
        {
            lock (_gate)
            {
                List<Member> changed = [.. _members];
                change(changed);
                Volatile.Write(ref _members, changed);
            }
        }

        private ValueTask Own(int name, IReadOnlyList<TopicPartition> partitions)
        {
            foreach (var partition in partitions)
            {
                if (!_owners.TryAdd(partition, name))
                {
                    Conflicts.Add($"{partition} was given to {name} while {_owners.GetValueOrDefault(partition)} had it");
                }
            }

            return default;
        }

        private ValueTask Disown(int name, IReadOnlyList<TopicPartition> partitions)
        {
            foreach (var partition in partitions)
            {
                _owners.TryRemove(new KeyValuePair<TopicPartition, int>(partition, name));
            }

            return default;
        }
    }

    private sealed class Member : IAsyncDisposable
    {
        private readonly Task _reading;
        private readonly Action _left;

        public Member(ConsumerOptions options, string topic, Action<ConsumeRecord> read, Action left, int name)
        {
            Name = name;
            _left = left;
            Consumer = new Consumer(options);
            Consumer.Subscribe(topic);
            _reading = RunAsync(read);
        }

        public int Name { get; }

        public Consumer Consumer { get; }

        public async ValueTask DisposeAsync()
        {
            _left();
            await Consumer.DisposeAsync();
            await _reading;
        }

        private async Task RunAsync(Action<ConsumeRecord> read)
        {
            await foreach (var record in Consumer.ConsumeAsync(Cancellation))
            {
                read(record);
            }
        }
    }
}
