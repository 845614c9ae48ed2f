using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>What happens to the node: faults, quiet times, ends and beginnings.</summary>
internal sealed partial class NodeRun
{
    private CrashKind _lastCrash = CrashKind.Kill;

    private void DrawFault()
    {
        switch (_random.Next(8))
        {
            case 0 or 1:
                _machine.Disk.DiesAt = _machine.Disk.Operations + 1 + _random.Next(_random.OneIn(2) ? 10 : 200);
                break;
            case 2:
                for (int i = _random.Next(1, 6); i > 0; i--)
                {
                    _world.At(_world.Ticks + (_random.Next(300) * TimeSpan.TicksPerMillisecond), _network.CutOne);
                }

                break;
            case 3 when _random.OneIn(2):
                if (_diskIsFull)
                {
                    FreeDisk();
                }
                else
                {
                    _diskIsFull = true;
                    _machine.Disk.CapacityBytes = _machine.Disk.UsedBytes + _random.Next(3000);
                    _world.Note($"the disk is full at {_machine.Disk.CapacityBytes}");
                }

                break;
            case 4 when _random.OneIn(4):
                FailDisk();
                break;
        }
    }

    private void FreeDisk()
    {
        if (_diskIsFull)
        {
            _diskIsFull = false;
            _fullUntilTicks = _world.Ticks;
            _machine.Disk.CapacityBytes = long.MaxValue;
            _world.Note("the disk has space again");
        }
    }

    private void EndRound()
    {
        switch (_random.Next(6))
        {
            case 0:
                Restart(CrashKind.Kill);
                break;
            case 1:
                Restart(CrashKind.PowerLoss);
                break;
            case 2 when !_diskIsFull:
                Rest();
                StopCleanly();
                break;
            case 3 when !_diskIsFull:
                Rest();
                BeQuiet(TimeSpan.FromMinutes(_random.OneIn(3) ? _random.Next(60, 3000) : _random.Next(1, 60)));
                break;
        }
    }

    /// <summary>The device begins to fail: whatever runs into it takes the directory offline, and the node with it; then the machine goes down.</summary>
    private void FailDisk()
    {
        string failing = new[] { "write", "sync", "rename", "open", "syncdir", "truncate" }[_random.Next(6)];
        _world.Note($"the device fails at {failing}");
        bool failed = false;
        _diskFails = true;
        _machine.Disk.Fault = (operation, _) =>
        {
            bool fails = operation == failing && (failed || _random.OneIn(5));
            failed |= fails;
            return fails ? DiskErrorKind.Io : null;
        };
    }

    /// <summary>Clients work for so long, in simulated time; the node may die meanwhile.</summary>
    private void BeBusy(int ms)
    {
        _busy.TrySetResult();
        for (long until = _world.Ticks + (ms * TimeSpan.TicksPerMillisecond); _world.Ticks < until && _machine.IsAlive;)
        {
            _world.Advance(TimeSpan.FromMilliseconds(5));
            if (_machine.IsAlive)
            {
                Checks.CheckStep();
                RequireNodeRuns();
            }
        }

        _busy = new TaskCompletionSource();
    }

    /// <summary>Clients finish what they are at. That they can is a promise: whatever was asked is answered or refused.</summary>
    private void Rest()
    {
        FreeDisk();
        _machine.Disk.DiesAt = null;
        for (long until = _world.Ticks + Patience.Ticks; Active > 0 && _machine.IsAlive;)
        {
            if (_world.Ticks > until)
            {
                throw new SimulationFailedException($"{Active} clients are still at what they began {Patience} ago, though nothing fails any more");
            }

            _world.Advance(TimeSpan.FromMilliseconds(20));
            RequireNodeRuns();
        }
    }

    private void BeQuiet(TimeSpan time)
    {
        _world.Note($"{time} pass");
        for (long until = _world.Ticks + time.Ticks; _world.Ticks < until && _machine.IsAlive;)
        {
            _world.Advance(TimeSpan.FromTicks(Math.Min(until - _world.Ticks, TimeSpan.TicksPerHour)));
            Checks.CheckStep();
            RequireNodeRuns();
        }
    }

    private void RequireNodeRuns()
    {
        if (_machine.Node is not { Completion: { IsFaulted: true } failed })
        {
            return;
        }

        if (_diskFails)
        {
            // Whoever runs a node ends its process then.
            _world.Note("the node gave up, as its directory failed");
            _machine.Process!.Kill();
            return;
        }

        if (_diskIsFull)
        {
            // The metadata log has no reserve: a node that cannot write it ends.
            _world.Note($"the node gave up: {failed.Exception!.GetBaseException().Message}");
            _machine.Crash(CrashKind.Kill);
        }
        else
        {
            throw new SimulationFailedException($"the node gave up: {failed.Exception!.GetBaseException()}");
        }
    }

    private void StopCleanly()
    {
        _world.Note("stop");
        Checks.NoteBeforeEnd();
        Task stop = _machine.StopAsync();
        if (!_world.RunUntil(stop, _machine.Process!, Patience))
        {
            return;
        }

        if (stop.Exception is { } failure)
        {
            throw new SimulationFailedException($"the node does not stop: {failure.GetBaseException()}");
        }

        Checks.NoteStopped();
        _machine.Crash(CrashKind.Kill);
        _world.RunReady();
        Begin(_random.OneIn(2) ? CrashKind.PowerLoss : CrashKind.Kill);
    }

    private void Restart(CrashKind? kind)
    {
        End(kind ?? (_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss));
        Begin(_lastCrash);
    }

    private void End(CrashKind kind)
    {
        Checks.NoteBeforeEnd();
        _machine.Crash(kind);
        _diskFails = false;
        FreeDisk();
        _lastCrash = _lastCrash == CrashKind.PowerLoss ? CrashKind.PowerLoss : kind;
        _world.RunReady();
    }

    /// <summary>Starts until a start is not interrupted by the next crash, then compares.</summary>
    private void Begin(CrashKind? after)
    {
        _network.IsOpen = false;
        for (int tries = 0; ; tries++)
        {
            if (after is not null && tries < 3 && _random.OneIn(4))
            {
                _machine.Disk.DiesAt = _machine.Disk.Operations + 1 + _random.Next(60);
            }

            Task start = _machine.StartAsync();
            if (_world.RunUntil(start, _machine.Process!, Patience))
            {
                if (start.Exception is { } failure)
                {
                    throw new SimulationFailedException($"the node does not start: {failure.GetBaseException()}");
                }

                break;
            }

            End(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
            after = _lastCrash;
        }

        _machine.Disk.DiesAt = null;
        Checks.CheckStarted(after);
        _network.IsOpen = true;
        _lastCrash = CrashKind.Kill;
    }

    private void Finish()
    {
        Checks.CheckAll();
        Restart(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
        Checks.CheckAll();
        StopCleanlyAtEnd();
    }

    private void StopCleanlyAtEnd()
    {
        Checks.NoteBeforeEnd();
        Task stop = _machine.StopAsync();
        if (_world.RunUntil(stop, _machine.Process!, Patience) && stop.Exception is { } failure)
        {
            throw new SimulationFailedException($"the node does not stop: {failure.GetBaseException()}");
        }

        Checks.VerifyFiles(Root);
    }
}
