using System.Buffers.Text;
using Moldau.Client;
using Moldau.Core;
using Moldau.Protocol;
using KafkaConsumer = Moldau.Client.Consumer;

namespace Moldau.Simulation;

/// <summary>An application that reads as a member of a group, slowly now and then, and leaves, dies and comes back (C7 to C9).</summary>
internal sealed class GroupReader(LibraryRun run, string name, string address, SimRandom random, GroupProgress group, bool isModern, int strategy) : LibraryClient(run, name, address, random)
{
    private readonly Dictionary<int, long> _next = [];
    private (int Partition, long Offset)? _inHand;
    private KafkaConsumer? _consumer;
    private bool _isClosing;

    /// <summary>What the group has to get to the end of is the group's affair.</summary>
    public override string? Unfinished => null;

    protected override void Begin()
    {
        _next.Clear();
        _inHand = null;
        _consumer = null;
        _isClosing = false;
    }

    protected override async Task LiveAsync()
    {
        while (true)
        {
            Begin();
            await ConsumeAsync();
            Note("has left");
            await PauseAsync(Random.Next(500));
        }
    }

    private async Task ConsumeAsync()
    {
        await using var consumer = new KafkaConsumer(Options());
        _consumer = consumer;
        consumer.Subscribe(LibraryRun.Plain);
        if (Run.IsCalm && !Run.IsHealing && Random.OneIn(2))
        {
            _ = Process.Start(() => CloseSoonAsync(consumer));
        }

        for (int turns = Random.Next(1, 4); turns > 0 && !_isClosing; turns--)
        {
            // Whoever comes back for more is done with what it had.
            Finish();
            int left = Run.IsHealing ? int.MaxValue : Run.IsCalm ? Random.Next(1, 60) : Random.Next(20, 200);
            await foreach (ConsumeRecord record in consumer.ConsumeAsync())
            {
                (int partition, long offset) = (record.Partition, record.Offset);
                Take(partition, offset, Utf8Parser.TryParse(record.Value, out long number, out _) ? number : -1);
                await WorkAsync(consumer);
                _inHand = (partition, offset);
                if (--left == 0)
                {
                    break;
                }

                Finish();
            }
        }
    }

    /// <summary>Somebody else in the application closes the consumer: what its loop has in hand is waited for.</summary>
    private async Task CloseSoonAsync(KafkaConsumer consumer)
    {
        await PauseAsync(Random.Next(2000));
        if (consumer == _consumer)
        {
            Note("is closed");
            _isClosing = true;
            await consumer.CloseAsync();
        }
    }

    private void Finish()
    {
        if (_inHand is { } done)
        {
            group.Finish(done.Partition, done.Offset);
            _inHand = null;
        }
    }

    private ConsumerOptions Options() => ReaderOptions() with
    {
        GroupId = group.Name,
        GroupProtocol = isModern ? GroupProtocol.Consumer : GroupProtocol.Classic,
        Assignors = strategy switch
        {
            0 => static () => [new RangeAssignor()],
            1 => static () => [new CooperativeStickyAssignor()],
            _ => static () => [new RangeAssignor(), new CooperativeStickyAssignor()],
        },
        AutoCommit = !group.CommitsItself,
        AutoCommitInterval = TimeSpan.FromMilliseconds(Run.IsCalm ? 5000 : 200),
        SessionTimeout = TimeSpan.FromSeconds(Run.IsCalm ? 4 : 2),
        HeartbeatInterval = TimeSpan.FromMilliseconds(400),
        MaxPollInterval = TimeSpan.FromSeconds(Run.IsCalm ? 60 : 5),
        MaxPollRecords = Random.Next(1, 20),
        DefaultApiTimeout = TimeSpan.FromSeconds(Run.IsCalm ? 60 : 3),
        MaxPartitionFetchBytes = Random.OneIn(2) ? 1 << 20 : Random.Next(200, 3000),
        OnAssigned = OnAssignedAsync,
        OnRevoked = OnGoneAsync,
    };

    private async Task WorkAsync(KafkaConsumer consumer)
    {
        if (Random.OneIn(8))
        {
            await PauseAsync(Random.OneIn(5) ? Random.Next(Run.IsCalm ? 150 : 1500) : Random.Next(50));
        }

        if (group.CommitsItself && Random.OneIn(4))
        {
            (int Partition, long Next)[] handedOut = [.. _next.Select(entry => (entry.Key, entry.Value))];
            try
            {
                await consumer.CommitAsync();
                Array.ForEach(handedOut, entry => group.Commit(entry.Partition, entry.Next));
            }
            catch (KafkaException refused) when (refused.Code is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.StaleMemberEpoch
                or ErrorCode.RequestTimedOut || refused.IsRetriable)
            {
                Note($"does not commit: {refused.Message}");
            }
        }
    }

    private async ValueTask OnAssignedAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        Note($"gets {string.Join(", ", partitions)}");
        if (Random.OneIn(4))
        {
            await PauseAsync(Random.Next(100));
        }

        foreach (TopicPartition partition in partitions)
        {
            _next[partition.Partition] = -1;
        }
    }

    private ValueTask OnGoneAsync(IReadOnlyList<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        Note($"loses {string.Join(", ", partitions)}");
        foreach (TopicPartition partition in partitions)
        {
            _next.Remove(partition.Partition);
        }

        return ValueTask.CompletedTask;
    }

    private void Take(int partition, long offset, long number)
    {
        Note($"is handed out record {number} at offset {offset} of {partition}");
        Run.Records.Find(LibraryRun.Plain, partition, offset, number);
        LibraryRun.Require(_next.TryGetValue(partition, out long next), $"C9: {Life} was handed out offset {offset} of partition {partition}, which it does not have");
        LibraryRun.Require(next < 0 || next == offset, $"C9: {Life} was handed out offset {offset} of partition {partition}, next was {next}");
        LibraryRun.Require(!Run.IsCalm || !group.IsDone(partition, offset), $"C11: {Life} was handed out offset {offset} of partition {partition} again, though nothing went wrong");
        _next[partition] = offset + 1;
        group.HandOut(partition, offset);
    }
}
