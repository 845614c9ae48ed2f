using Moldau.Core;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>One course of the log scenario: the lives of a process one after the other on one disk, and the oracle beside them.</summary>
internal sealed partial class LogRun
{
    private const string Root = "data";
    private static readonly TopicPartition Partition = new("topic", 0);
    private static readonly Uuid Topic = new(1, 2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly SimDisk _disk;
    private readonly Flaw _flaw;
    private readonly LogOracle _oracle = new();
    private readonly LogConfig _config;
    private readonly int[] _nextSequence = new int[4];
    private readonly short[] _epoch = new short[4];
    private SimScheduler _process;
    private LogManager _manager = null!;
    private PartitionLog _log = null!;
    private int _leaderEpoch;
    private bool _diskIsFull;
    private bool _diskFails;
    private int _step;

    public LogRun(SimWorld world, Flaw flaw)
    {
        _world = world;
        _random = world.Random;
        _flaw = flaw;
        _disk = new SimDisk(world) { Bug = flaw.Disk };
        _process = new SimScheduler(world, "broker");
        _config = new LogConfig
        {
            SegmentBytes = _random.Next(800, 4000),
            SegmentMs = 600_000,
            IndexIntervalBytes = _random.Next(1, 300),
            FileDeleteDelayMs = 1000,
            FlushMessages = _random.OneIn(4) ? _random.Next(1, 10) : long.MaxValue,
            RetentionMs = 3_600_000,
            RetentionBytes = _random.OneIn(3) ? _random.Next(3000, 10000) : -1,
            Preallocate = _random.OneIn(4),
            DurableAppends = _random.OneIn(2),
            TransactionVerificationEnabled = false,
        };
        for (int i = 0; i < _nextSequence.Length; i++)
        {
            // A sequence wraps early in some lives of a producer.
            _nextSequence[i] = _random.OneIn(2) ? int.MaxValue - _random.Next(12) : 0;
        }
    }

    public void Run(int steps)
    {
        _world.Note($"durable {_config.DurableAppends}, segment bytes {_config.SegmentBytes}, index interval {_config.IndexIntervalBytes}, flush messages {_config.FlushMessages}, "
            + $"retention bytes {_config.RetentionBytes}, preallocate {_config.Preallocate}");
        Start(null);
        for (_step = 0; _step < steps; _step++)
        {
            if (_random.OneIn(12))
            {
                _disk.DiesAt = _disk.Operations + 1 + _random.Next(_random.OneIn(2) ? 6 : 60);
            }

            Step();
            if (!_process.IsAlive || _diskFails)
            {
                Restart();
            }
            else
            {
                CheckStep();
            }
        }

        Crash(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
        Recover();
    }

    /// <summary>Runs one operation of the process; false when the process died in it. Failures that the disk was told to have are borne.</summary>
    private bool Do(string what, Action operation) => Do(what, () =>
    {
        operation();
        return Task.CompletedTask;
    });

    private bool Do(string what, Func<Task> operation)
    {
        _world.Note(what);
        Task task = _process.Call(operation);
        try
        {
            _world.RunUntil(task, _process, Patience);
        }
        catch (SimulationFailedException failure) when (failure.InnerException is DiskException && (_diskFails || _diskIsFull))
        {
            throw new SimulationFailedException($"a failed disk operation escaped from a worker, which ends the process: {failure.InnerException}", failure);
        }

        if (!_process.IsAlive)
        {
            return false;
        }

        if (task.Exception?.GetBaseException() is { } failed)
        {
            bool borne = failed is DiskException disk && (_diskFails || (_diskIsFull && disk.Kind == DiskErrorKind.NoSpace));
            if (!borne)
            {
                throw new SimulationFailedException($"{what}: {failed}", failed);
            }

            _world.Note($"{what} failed: {failed.Message}");
        }

        return true;
    }

    private void Restart()
    {
        bool mustLosePower = _diskFails;
        Crash(mustLosePower || _random.OneIn(2) ? CrashKind.PowerLoss : CrashKind.Kill);
        Recover();
    }

    private void Crash(CrashKind kind)
    {
        _process.Kill();
        _world.Note($"crash: {kind}");
        _disk.Crash(kind);
        _diskFails = false;
        _diskIsFull = false;
        if (kind == CrashKind.PowerLoss && _random.OneIn(4) && _disk.DirectoryExists($"{Root}/{Partition}"))
        {
            string[] snapshots = [.. _disk.List($"{Root}/{Partition}").Select(entry => entry.Name).Where(name => name.EndsWith(".snapshot", StringComparison.Ordinal))];
            if (snapshots.Length > 0 && _flaw.Disk == DiskBug.None)
            {
                _disk.FlipBit($"{Root}/{Partition}/{snapshots[_random.Next(snapshots.Length)]}");
            }
        }

        _lastCrash = _lastCrash == CrashKind.PowerLoss ? CrashKind.PowerLoss : kind;
    }

    private CrashKind _lastCrash;

    /// <summary>Starts until a start is not interrupted by the next crash, then compares.</summary>
    private void Recover()
    {
        for (int tries = 0; ; tries++)
        {
            if (tries < 3 && _random.OneIn(3))
            {
                _disk.DiesAt = _disk.Operations + 1 + _random.Next(40);
            }

            if (Start(_lastCrash))
            {
                break;
            }

            Crash(_random.OneIn(2) ? CrashKind.Kill : CrashKind.PowerLoss);
        }

        _disk.DiesAt = null;
        _lastCrash = CrashKind.Kill;
    }

    private bool Start(CrashKind? after)
    {
        _process = new SimScheduler(_world, "broker");
        SimScheduler process = _process;
        _disk.Died = process.Kill;
        var environment = new LogEnvironment(new OpenFiles(_disk, _random.OneIn(2) ? 3 : 100), process.Time, new SimEntropy(_random.Fork()), process);
        _manager = new LogManager(environment, new LogManagerOptions { LogDirectories = [Root] });
        if (!Do("start", () => _manager.StartAsync(_ => _config)) || !Do("open the log", () =>
        {
            _log = _manager.GetOrCreate(Partition, Topic, _config);
            _log.EnsureLoaded();
        }))
        {
            return false;
        }

        CheckStarted(after);
        return Do("high watermark", () => _log.UpdateHighWatermark(long.MaxValue));
    }
}
