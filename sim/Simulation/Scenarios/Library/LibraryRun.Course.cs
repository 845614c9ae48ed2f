namespace Moldau.Simulation;

/// <summary>What happens: faults, ends and beginnings, and healing.</summary>
internal sealed partial class LibraryRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public void Run(int rounds)
    {
        _machine.Format();
        Begin();
        Call(CreateTopicsAsync);
        _faults.IsOn = !IsCalm;
        _clients.ForEach(client => client.Start());
        _observer.Process.Start(ObserveAsync);
        for (int round = 0; round < rounds; round++)
        {
            _world.Note($"round {round}");
            if (!IsCalm)
            {
                DrawFaults();
            }

            AdvanceUntil(_world.Ticks + (_random.Next(200, 4000) * TimeSpan.TicksPerMillisecond), () => false);
            if (IsCalm)
            {
                continue;
            }

            if (!_machine.IsAlive || _random.OneIn(4))
            {
                Restart(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
            }
        }

        Heal();
        CheckLogs();
    }

    private void DrawFaults()
    {
        switch (_random.Next(6))
        {
            case 0:
                _machine.Disk.DiesAt = _machine.Disk.Operations + 1 + _random.Next(_random.OneIn(2) ? 20 : 400);
                break;
            case 1 or 2:
                for (int i = _random.Next(1, 12); i > 0; i--)
                {
                    Soon(_network.CutOne);
                }

                break;
            case 3:
                LibraryClient cutOff = _clients[_random.Next(_clients.Count)];
                int ms = _random.Next(100, 5000);
                Soon(() => cutOff.CutOff(ms));
                break;
        }

        if (_random.OneIn(3))
        {
            LibraryClient dies = _clients[_random.Next(_clients.Count)];
            Soon(() => dies.Die(_random.OneIn(2), _random.Next(10, 3000)));
        }
    }

    private void Soon(Action happens) => _world.At(_world.Ticks + (_random.Next(3000) * TimeSpan.TicksPerMillisecond), () =>
    {
        if (!IsHealing)
        {
            happens();
        }
    });

    /// <summary>Until it is done, the time is over or the node has died.</summary>
    private void AdvanceUntil(long ticks, Func<bool> isDone)
    {
        while (_world.Ticks < ticks && _machine.IsAlive && !isDone())
        {
            _world.Advance(TimeSpan.FromMilliseconds(IsHealing ? 100 : 20));
            if (_machine.IsAlive)
            {
                Require(_machine.Node is not { Completion.IsFaulted: true } node, $"the node gave up: {_machine.Node?.Completion.Exception?.GetBaseException()}");
            }

            _clients.ForEach(client => client.CheckStep());
        }
    }

    private void Restart(CrashKind kind)
    {
        Crash(kind);
        Begin();
    }

    private void Crash(CrashKind kind)
    {
        _machine.Crash(kind);
        PowerLosses += kind == CrashKind.PowerLoss ? 1 : 0;
        _world.RunReady();
    }

    private void Begin()
    {
        for (int tries = 0; ; tries++)
        {
            _machine.Disk.DiesAt = _machine.Lives > 0 && tries < 2 && _random.OneIn(6) ? _machine.Disk.Operations + 1 + _random.Next(80) : null;
            Task start = _machine.StartAsync();
            if (_world.RunUntil(start, _machine.Process!, Patience))
            {
                Require(start.Exception is null, $"the node does not start: {start.Exception?.GetBaseException()}");
                break;
            }

            Crash(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
        }

        _machine.Disk.DiesAt = null;
    }

    /// <summary>Faults end. Whatever was begun ends in bounded time, and readers get to the end of their logs.</summary>
    private void Heal()
    {
        _world.Note("heals");
        _machine.Disk.DiesAt = null;
        _faults.IsOn = false;
        IsHealing = true;
        _clients.ForEach(client => client.StartWhenDead());
        string? unfinished = null;
        AdvanceUntil(_world.Ticks + Patience.Ticks, () => (unfinished = Unfinished()) is null);
        Require(unfinished is null, $"{Patience} after the faults ended {unfinished}");
        foreach (GroupProgress group in Groups.Values)
        {
            Call(async () => group.SeeCommitted(await CommittedAsync(group.Name)));
        }
    }

    private string? Unfinished()
    {
        foreach (LibraryClient client in _clients)
        {
            if (client.Unfinished is { } what)
            {
                return $"{client.Name} {what}";
            }
        }

        for (int partition = 0; partition < TransactionalPartitions; partition++)
        {
            if (LogOf(Transactional, partition) is { } log && log.LastStableOffset < log.HighWatermark)
            {
                return $"{Transactional}-{partition} has an open transaction at {log.LastStableOffset}";
            }
        }

        foreach (GroupProgress group in Groups.Values)
        {
            for (int partition = 0; partition < PlainPartitions; partition++)
            {
                long end = LogOf(Plain, partition)?.HighWatermark ?? long.MaxValue;
                if (group.HandedOutTo(partition) < end)
                {
                    return $"C7: group {group.Name} was handed out {Plain}-{partition} without gaps to {group.HandedOutTo(partition)}, the log ends at {end}";
                }
            }
        }

        return null;
    }

    private async Task ObserveAsync()
    {
        while (true)
        {
            foreach (GroupProgress group in Groups.Values)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20, 300)), _observer.Process.Time);
                try
                {
                    group.SeeCommitted(await CommittedAsync(group.Name));
                }
                catch (SimClientException)
                {
                    // The node is away; it is asked again.
                }
            }
        }
    }

    private void Call(Func<Task> call) => _observer.Complete(call, Patience);

    /// <summary>The whole logs at the end against what the producers were told and the readers were handed out.</summary>
    private void CheckLogs()
    {
        for (int partition = 0; partition < PlainPartitions; partition++)
        {
            Records.CheckLog(Plain, partition, LogAudit.Records(LogOf(Plain, partition)!), mayLose: false);
        }

        if (IsCalm)
        {
            return;
        }

        List<(long Offset, long Number)> soft = LogAudit.Records(LogOf(Soft, 0)!);
        Records.CheckLog(Soft, 0, soft, mayLose: PowerLosses > 0);
        Reader(Soft).CheckRead(0, soft);
        for (int partition = 0; partition < TransactionalPartitions; partition++)
        {
            List<(long Offset, long Number)> committed = LogAudit.CommittedRecords(LogOf(Transactional, partition)!);
            Records.CheckCommitted(partition, committed);
            Reader(Transactional).CheckRead(partition, committed);
        }

        TailReader Reader(string topic) => _clients.OfType<TailReader>().Single(reader => reader.Topic == topic);
    }
}
