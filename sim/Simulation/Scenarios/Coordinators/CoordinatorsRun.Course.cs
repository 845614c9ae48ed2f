using System.Text;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>What happens: work, faults, ends and beginnings, healing, and the comparison of a coordinator with one that was loaded again.</summary>
internal sealed partial class CoordinatorsRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly long[] _stableInside = new long[OutputPartitions];
    private bool _isRestless;
    private string _groups = "";

    public void Run(int rounds)
    {
        _machine.Format();
        StartClients();
        Begin();
        Call(CreateTopicsAsync);
        _clients.ForEach(client => client.Start());
        for (int round = 0; round < rounds; round++)
        {
            _world.Note($"round {round}");
            DrawFault();
            BeBusy(_random.Next(100, 4000));
            if (!_machine.IsAlive || _random.OneIn(3))
            {
                Restart(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
            }
            else if (_random.OneIn(6))
            {
                Heal();
            }
        }

        Heal();
        Finish();
    }

    private void DrawFault()
    {
        switch (_random.Next(5))
        {
            case 0 or 1:
                _machine.Disk.DiesAt = _machine.Disk.Operations + 1 + _random.Next(_random.OneIn(2) ? 20 : 400);
                break;
            case 2 or 3:
                for (int i = _random.Next(1, 12); i > 0; i--)
                {
                    _world.At(_world.Ticks + (_random.Next(3000) * TimeSpan.TicksPerMillisecond), _network.CutOne);
                }

                break;
        }
    }

    private void BeBusy(int ms)
    {
        _busy.TrySetResult();
        AdvanceUntil(_world.Ticks + (ms * TimeSpan.TicksPerMillisecond), () => false);
        _busy = new TaskCompletionSource();
    }

    /// <summary>Until it is done, the time is over or the node has died.</summary>
    private void AdvanceUntil(long ticks, Func<bool> isDone)
    {
        while (_world.Ticks < ticks && _machine.IsAlive && !isDone())
        {
            _world.Advance(TimeSpan.FromMilliseconds(20));
            if (_machine.IsAlive)
            {
                CheckStep();
            }
        }
    }

    private void CheckStep()
    {
        Require(_machine.Node is not { Completion.IsFaulted: true } node, $"the node gave up: {_machine.Node?.Completion.Exception?.GetBaseException()}");
        for (int partition = 0; partition < OutputPartitions; partition++)
        {
            if (LogOf(Output, partition) is { IsLoaded: true } log)
            {
                Require(log.LastStableOffset <= log.HighWatermark, $"T4: the last stable offset of {Output}-{partition} is {log.LastStableOffset}, the high watermark {log.HighWatermark}");
                Require(log.LastStableOffset >= _stableInside[partition], $"T4: the last stable offset of {Output}-{partition} went from {_stableInside[partition]} back to {log.LastStableOffset}");
                _stableInside[partition] = log.LastStableOffset;
            }
        }

        // A classic member that was dropped is refused once a later generation has been given out.
        foreach ((string member, int generation, int[] owned) in _classicGhosts.Where(ghost => ghost.Generation < ClassicGroup.Generation).ToArray())
        {
            Array.ForEach(owned, partition => ClassicGroup.AddGhost(member, generation, partition));
            _classicGhosts.Remove((member, generation, owned));
        }
    }

    private void Restart(CrashKind kind)
    {
        _machine.Crash(kind);
        _world.RunReady();
        Begin();
    }

    private void Begin()
    {
        _network.IsOpen = false;
        for (int tries = 0; ; tries++)
        {
            _machine.Disk.DiesAt = _isRestless && tries < 2 && _random.OneIn(4) ? _machine.Disk.Operations + 1 + _random.Next(80) : null;
            Task start = _machine.StartAsync();
            if (_world.RunUntil(start, _machine.Process!, Patience))
            {
                Require(start.Exception is null, $"the node does not start: {start.Exception?.GetBaseException()}");
                break;
            }

            _machine.Crash(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
            _world.RunReady();
        }

        // What a power loss took was never shown as stable, as everything here is synced before it is acknowledged.
        _isRestless = true;
        _machine.Disk.DiesAt = null;
        Array.Clear(_stableInside);
        _network.IsOpen = true;
    }

    /// <summary>Faults end: groups converge and no transaction stays open, in bounded time. Then a node that loads everything again says the same.</summary>
    private void Heal()
    {
        _machine.Disk.DiesAt = null;
        IsHealing = true;
        _world.Note("heals");
        _busy.TrySetResult();
        string? unfinished = null;
        AdvanceUntil(_world.Ticks + Patience.Ticks, () => (unfinished = Unfinished()) is null);
        Require(unfinished is null, $"{Patience} after the faults ended {unfinished}");
        _busy = new TaskCompletionSource();
        long restsFrom = _world.Ticks;
        AdvanceUntil(_world.Ticks + Patience.Ticks, () => Active == 0);
        Require(Active == 0, $"{Active} clients still wait for an answer {Patience} after the faults ended");
        string before = Call(DescribeAsync);
        string groupsBefore = _groups;
        // Who rests sends no heartbeats: groups are compared when no session can have ended.
        bool isCurrent = _world.Ticks - restsFrom < SessionTimeoutMs / 2 * TimeSpan.TicksPerMillisecond;
        _isRestless = false;
        // Of a power loss clients may hear only when they have waited: sessions would be over.
        Restart(CrashKind.Kill);
        long startedTicks = _world.Ticks;
        string after = Call(DescribeAsync);
        isCurrent &= _world.Ticks - startedTicks < SessionTimeoutMs / 2 * TimeSpan.TicksPerMillisecond;
        Require(before == after, $"G6: before the start the coordinators said\n{before}and after it\n{after}");
        // A rebalance of a classic group is in memory only, as in Apache Kafka.
        isCurrent &= !groupsBefore.Contains("Rebalance", StringComparison.Ordinal);
        Require(!isCurrent || groupsBefore == _groups, $"G6: before the start the groups were\n{groupsBefore}and after it\n{_groups}");
        _world.Note($"coordinators are as before the start{(isCurrent ? "" : ", groups not compared")}");
        IsHealing = false;
    }

    private string? Unfinished()
    {
        foreach (CoordinatorClient client in _clients)
        {
            if (client.Unfinished is { } what)
            {
                return what;
            }
        }

        for (int partition = 0; partition < InputPartitions; partition++)
        {
            int modern = _clients.OfType<ModernMember>().Count(member => member.Owned.Contains(partition));
            int classic = _clients.OfType<ClassicMember>().Count(member => member.Owned.Contains(partition));
            if (modern != 1 || classic != 1)
            {
                return $"{Input}-{partition} has {modern} owners in {Modern} and {classic} in {Classic}";
            }
        }

        for (int partition = 0; partition < OutputPartitions; partition++)
        {
            if (LogOf(Output, partition) is { } log && log.LastStableOffset < log.HighWatermark)
            {
                return $"{Output}-{partition} has an open transaction at {log.LastStableOffset} (T4)";
            }
        }

        return null;
    }

    private void Finish()
    {
        CommittedReader reader = _clients.OfType<CommittedReader>().Single();
        for (int partition = 0; partition < OutputPartitions; partition++)
        {
            int index = partition;
            Call(async () =>
            {
                while (await reader.ReadAsync(index, 5000))
                {
                }
            });
            PartitionLog log = LogOf(Output, partition)!;
            List<(long, long)> committed = LogAudit.Committed(this, partition, log);
            Require(committed.SequenceEqual(reader.Read[partition].Order()), $"T5: a reader of {Output}-{partition} got {reader.Read[partition].Count} committed records, the log has {committed.Count}");
            HashSet<long> numbers = [.. committed.Select(record => record.Item2)];
            foreach (Transaction transaction in _transactions.Where(transaction => transaction.IsCommitted && transaction.Records.ContainsKey(index)))
            {
                transaction.Require(transaction.Records[index].TrueForAll(numbers.Contains), $"T5: it is committed, and {Output}-{partition} does not have all of its records");
            }
        }

        for (int partition = 0; partition < 2; partition++)
        {
            LogAudit.CheckStates(LogOf("__transaction_state", partition)!);
        }

        CheckLoops();
        var inspector = new LogInspector(_machine.Disk);
        Task stop = _machine.StopAsync();
        Require(_world.RunUntil(stop, _machine.Process!, Patience) && stop.Exception is null, $"the node does not stop: {stop.Exception?.GetBaseException()}");
        List<string> problems = [];
        foreach (string directory in _machine.Disk.List("data").Select(entry => entry.Name).Where(name => name.Contains('-', StringComparison.Ordinal)))
        {
            inspector.Verify($"data/{directory}", problems.Add);
        }

        Require(problems.Count == 0, $"log verify finds: {string.Join("; ", problems)}");
    }

    /// <summary>Each offset of a loop was committed by one transaction, without gaps: what was read was processed exactly once.</summary>
    private void CheckLoops()
    {
        for (int partition = 0; partition < 2; partition++)
        {
            for (long offset = 1; offset <= _loopOffsets[partition]; offset++)
            {
                int times = _loopCommits.TryGetValue((partition, offset), out List<Transaction>? found) ? found.Count(transaction => transaction.IsCommitted) : 0;
                Require(times == 1, $"T8: {Input}-{partition} is committed up to {_loopOffsets[partition]}, and offset {offset} was processed {times} times");
            }

            foreach (((int at, long offset), List<Transaction> transactions) in _loopCommits)
            {
                Transaction? lost = at == partition && offset > _loopOffsets[partition] ? transactions.Find(transaction => transaction.IsCommitted) : null;
                lost?.Require(false, $"T8: it is committed with offset {offset} of {Input}-{partition}, and the group has {_loopOffsets[partition]}");
            }
        }
    }

    /// <summary>What coordinators answer about everything they know.</summary>
    private async Task<string> DescribeAsync()
    {
        var text = new StringBuilder();
        OffsetFetchResponse offsets;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _observer.Process.Time);
            offsets = await _observer.CallAsync<OffsetFetchResponse>(
                new OffsetFetchRequest { Groups = [.. new[] { Classic, Modern, TransactionalSession.Group }.Select(id => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = id, MemberId = null, MemberEpoch = -1, Topics = null })] }, 9);
        }
        while (offsets.Groups.Any(group => group.ErrorCode != ErrorCode.None));
        foreach (OffsetFetchResponse.OffsetFetchResponseGroup group in offsets.Groups)
        {
            foreach (OffsetFetchResponse.OffsetFetchResponsePartitions partition in group.Topics.SelectMany(topic => topic.Partitions).OrderBy(partition => (int)partition.PartitionIndex))
            {
                text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {group.GroupId}-{partition.PartitionIndex}: {partition.CommittedOffset}");
                if (group.GroupId.ToString() == TransactionalSession.Group)
                {
                    ReadLoopOffset(partition.PartitionIndex, partition.CommittedOffset, KnownLoopOffset(partition.PartitionIndex));
                }
            }
        }

        await DescribeTransactionsAsync(text);
        _groups = await DescribeGroupsAsync();
        return text.ToString();
    }

    private async Task<string> DescribeGroupsAsync()
    {
        var text = new StringBuilder();
        var classic = (await _observer.CallAsync<DescribeGroupsResponse>(new DescribeGroupsRequest { Groups = [Classic] }, 5)).Groups.Single();
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {classic.ErrorCode} {classic.GroupState} {classic.ProtocolData}");
        foreach (var member in classic.Members.OrderBy(member => member.MemberId.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {member.MemberId} {member.ClientId} {member.ClientHost} {Convert.ToHexString(member.MemberAssignment.ToArray())}");
        }

        var modern = (await _observer.CallAsync<ConsumerGroupDescribeResponse>(new ConsumerGroupDescribeRequest { GroupIds = [Modern] }, 1)).Groups.Single();
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"  {modern.ErrorCode} {modern.GroupState} {modern.GroupEpoch} {modern.AssignmentEpoch} {modern.AssignorName}");
        foreach (var current in modern.Members.OrderBy(member => member.MemberId.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture,
                $"  {current.MemberId} {current.MemberEpoch} {string.Join(',', current.Assignment.TopicPartitions.SelectMany(topic => topic.Partitions).Order())} of {string.Join(',', current.TargetAssignment.TopicPartitions.SelectMany(topic => topic.Partitions).Order())}");
        }

        return text.ToString();
    }

    private async Task DescribeTransactionsAsync(StringBuilder text)
    {
        DescribeTransactionsResponse response;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), _observer.Process.Time);
            response = await _observer.CallAsync<DescribeTransactionsResponse>(new DescribeTransactionsRequest { TransactionalIds = ["one", "two", "loop-0", "loop-1"] }, 0);
        }
        while (response.TransactionStates.Any(state => state.ErrorCode is ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator
            || state.TransactionState.ToString() is "Ongoing" or "PrepareCommit" or "PrepareAbort"));
        foreach (DescribeTransactionsResponse.TransactionStateData state in response.TransactionStates)
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture,
                $"  {state.TransactionalId} {state.ErrorCode} {state.TransactionState} {state.ProducerId}/{state.ProducerEpoch} {state.TransactionTimeoutMs}");
        }
    }

    private void Call(Func<Task> call) => _observer.Complete(call, Patience);

    private T Call<T>(Func<Task<T>> call) => _observer.Complete(call, Patience);
}
