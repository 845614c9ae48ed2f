using System.Text;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>A consumer and two brokers that answer by hand: leaders that change, replicas that are nearer, logs that were cut.</summary>
public sealed class ConsumerFetchTests : IDisposable
{
    private static readonly TopicPartition Partition = new("t", 0);
    private static readonly Uuid TopicId = new(3, 3);

    private readonly MemoryNetwork _network = new();
    private readonly ScriptedBroker _first;
    private readonly ScriptedBroker _second;
    private readonly List<string> _asked = [];
    private Func<int, FetchRequest, FetchResponse.PartitionData?> _fetch = (_, _) => null;
    private Func<OffsetForLeaderEpochRequest.OffsetForLeaderPartition, (int Epoch, long End)> _epochEnd = _ => (1, long.MaxValue);
    private int _leader = 1;
    private int _leaderEpoch = 1;

    public ConsumerFetchTests()
    {
        _first = new ScriptedBroker(_network, (request, _) => Answer(1, request));
        _second = new ScriptedBroker(_network, (request, _) => Answer(2, request), port: 9093);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task A_nearer_replica_is_read_until_it_does_not_have_what_is_asked_for()
    {
        _fetch = (broker, request) => (broker, request.Topics[0].Partitions[0].FetchOffset.Value) switch
        {
            (1, 0) => new FetchResponse.PartitionData { PreferredReadReplica = 2, HighWatermark = 20 },
            (2, 0) => Data(0, 10, epoch: 1),
            (2, _) => new FetchResponse.PartitionData { ErrorCode = ErrorCode.OffsetOutOfRange },
            (1, 10) => Data(10, 10, epoch: 1),
            _ => null,
        };
        await using var consumer = new Consumer(Options with { ClientRack = "here" });
        consumer.Assign(Partition);
        consumer.Seek(Partition, 0);

        (await TakeAsync(consumer, 20)).ShouldBe([.. Enumerable.Range(0, 20).Select(offset => $"{offset}@1")]);
        _asked.ShouldBe(["1 at 0", "2 at 0", "2 at 10", "1 at 10"], ignoreOrder: false);
    }

    [Fact]
    public async Task A_log_that_was_cut_is_read_again_from_where_it_was_cut()
    {
        var isCut = false;
        _fetch = (broker, request) =>
        {
            var asked = request.Topics[0].Partitions[0];
            switch (broker, asked.CurrentLeaderEpoch.Value, asked.FetchOffset.Value)
            {
                case (1, 1, 0):
                    return Data(0, 10, epoch: 1);
                case (1, 1, _) when !Volatile.Read(ref isCut):
                    return new FetchResponse.PartitionData { HighWatermark = 10 };
                case (1, 1, _):
                    (_leader, _leaderEpoch) = (2, 2);
                    return new FetchResponse.PartitionData { ErrorCode = ErrorCode.NotLeaderOrFollower };
                case (2, 2, 5):
                    return Data(5, 3, epoch: 2);
                default:
                    return null;
            }
        };
        _epochEnd = asked => (asked.LeaderEpoch, 5);
        await using var consumer = new Consumer(Options);
        consumer.Assign(Partition);
        consumer.Seek(Partition, 0);

        (await TakeAsync(consumer, 10)).ShouldBe([.. Enumerable.Range(0, 10).Select(offset => $"{offset}@1")]);
        Volatile.Write(ref isCut, true);
        (await TakeAsync(consumer, 3)).ShouldBe(["5@2", "6@2", "7@2"]);
    }

    [Fact]
    public async Task A_new_leader_that_has_all_goes_on_where_the_old_one_ended()
    {
        _fetch = (broker, request) =>
        {
            var asked = request.Topics[0].Partitions[0];
            switch (broker, asked.FetchOffset.Value)
            {
                case (1, 0):
                    return Data(0, 10, epoch: 1);
                case (1, _):
                    // The answer itself says who leads now (KIP-951).
                    (_leader, _leaderEpoch) = (2, 2);
                    return new FetchResponse.PartitionData
                    {
                        ErrorCode = ErrorCode.NotLeaderOrFollower,
                        CurrentLeader = new FetchResponse.LeaderIdAndEpoch { LeaderId = 2, LeaderEpoch = 2 },
                    };
                case (2, 10):
                    return Data(10, 10, epoch: 2);
                default:
                    return null;
            }
        };
        await using var consumer = new Consumer(Options);
        consumer.Assign(Partition);
        consumer.Seek(Partition, 0);

        (await TakeAsync(consumer, 20)).ShouldBe([.. Enumerable.Range(0, 10).Select(offset => $"{offset}@1"), .. Enumerable.Range(10, 10).Select(offset => $"{offset}@2")]);
    }

    [Fact]
    public async Task A_corrupt_batch_is_told_after_what_stands_before_it_and_can_be_sought_beyond()
    {
        _fetch = (_, request) =>
        {
            var offset = request.Topics[0].Partitions[0].FetchOffset.Value;
            var data = Data(offset, 3, epoch: 1);
            if (offset == 0)
            {
                byte[] bytes = [.. data.Records!.Value.Span, .. Data(3, 3, epoch: 1).Records!.Value.Span];
                bytes[^1] ^= 1;
                data.Records = bytes;
            }

            return offset is 0 or 6 ? data : null;
        };
        // The fetch beyond the damage is left waiting: one that waits at a broker is waited for before the next.
        await using var consumer = new Consumer(Options with { RequestTimeout = TimeSpan.FromMilliseconds(200) });
        consumer.Assign(Partition);
        consumer.Seek(Partition, 0);

        (await TakeAsync(consumer, 3)).ShouldBe(["0@1", "1@1", "2@1"]);
        (await Should.ThrowAsync<KafkaException>(() => TakeAsync(consumer, 1))).Code.ShouldBe(ErrorCode.CorruptMessage);
        (await Should.ThrowAsync<KafkaException>(() => TakeAsync(consumer, 1))).Message.ShouldContain("seek");
        consumer.Seek(Partition, 6);
        (await TakeAsync(consumer, 3)).ShouldBe(["6@1", "7@1", "8@1"]);
    }

    [Fact]
    public async Task Memory_for_fetching_ahead_is_bounded()
    {
        var fetches = 0;
        _fetch = (_, request) =>
        {
            Interlocked.Increment(ref fetches);
            return Data(request.Topics[0].Partitions[0].FetchOffset, 1, epoch: 1, valueBytes: 1000);
        };
        await using var consumer = new Consumer(Options with { PrefetchMaxBytes = 5000, MaxPartitionFetchBytes = 100_000 });
        consumer.Assign(Partition);
        consumer.Seek(Partition, 0);

        await TakeAsync(consumer, 1);
        for (var taken = 1; taken < 50; taken++)
        {
            (await TakeAsync(consumer, 1)).ShouldBe([$"{taken}@1"]);
            // One in hand or just taken, five waiting, one under way: never more.
            Volatile.Read(ref fetches).ShouldBeLessThanOrEqualTo(taken + 9);
        }
    }

    [Fact]
    public void Options_that_cannot_be_are_refused_with_what_would_be_right()
    {
        Should.Throw<ConfigurationException>(() => new Consumer(Options with { GroupInstanceId = "one" })).Message.ShouldContain("group.id");
        Should.Throw<ConfigurationException>(() => new Consumer(Options with { HeartbeatInterval = TimeSpan.FromMinutes(1) })).Message.ShouldContain("session.timeout.ms");
        Should.Throw<ConfigurationException>(() => new Consumer(Options with { MaxPollRecords = 0 })).Message.ShouldContain("max.poll.records");
    }

    private ConsumerOptions Options => new()
    {
        BootstrapServers = "broker:9092",
        RetryBackoff = TimeSpan.FromMilliseconds(1),
        RetryBackoffMax = TimeSpan.FromMilliseconds(5),
        ReconnectBackoff = TimeSpan.FromMilliseconds(1),
        Seams = new ClientSeams { Network = _network },
    };

    private static async Task<List<string>> TakeAsync(Consumer consumer, int count)
    {
        List<string> taken = [];
        await foreach (var record in consumer.ConsumeAsync(Cancellation))
        {
            taken.Add($"{record.Offset}@{record.LeaderEpoch}");
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private static FetchResponse.PartitionData Data(long offset, int count, int epoch, int valueBytes = 10)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { BaseOffset = offset, PartitionLeaderEpoch = epoch });
        for (var i = 0; i < count; i++)
        {
            builder.Append(0, null, Encoding.UTF8.GetBytes(new string('v', valueBytes)));
        }

        return new FetchResponse.PartitionData { HighWatermark = 1000, Records = builder.BuildArray() };
    }

    private IResponse? Answer(int broker, IRequest request) => request switch
    {
        MetadataRequest => new MetadataResponse
        {
            ControllerId = 1,
            Brokers = [new() { NodeId = 1, Host = "broker", Port = 9092 }, new() { NodeId = 2, Host = "broker", Port = 9093 }],
            Topics =
            [
                new()
                {
                    Name = new TopicName("t"),
                    TopicId = TopicId,
                    Partitions = [new() { PartitionIndex = 0, LeaderId = _leader, LeaderEpoch = _leaderEpoch, ReplicaNodes = [1, 2], IsrNodes = [1, 2] }],
                },
            ],
        },
        OffsetForLeaderEpochRequest asked => new OffsetForLeaderEpochResponse
        {
            Topics =
            [
                new()
                {
                    Topic = "t",
                    Partitions = [new() { Partition = 0, LeaderEpoch = _epochEnd(asked.Topics[0].Partitions[0]).Epoch, EndOffset = _epochEnd(asked.Topics[0].Partitions[0]).End }],
                },
            ],
        },
        FetchRequest { Topics.Count: > 0 } fetch => Fetch(broker, fetch),
        _ => null,
    };

    private FetchResponse? Fetch(int broker, FetchRequest request)
    {
        lock (_asked)
        {
            if (_fetch(broker, request) is not { } data)
            {
                return null;
            }

            _asked.Add($"{broker} at {request.Topics[0].Partitions[0].FetchOffset.Value}");
            return new FetchResponse { Responses = [new() { Topic = "t", TopicId = TopicId, Partitions = [data] }] };
        }
    }
}
