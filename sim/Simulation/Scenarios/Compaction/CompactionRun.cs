using System.Text;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>
/// One course of the compaction scenario. Appends are flushed before they count, so that everything that counts must survive; the cleaner runs on the same scheduler, is slowed down in some
/// courses, and the process dies at any operation of the disk.
/// </summary>
internal sealed class CompactionRun
{
    private const string Root = "data";
    private const long ProducerId = 5;
    private static readonly TopicPartition Partition = new("topic", 0);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly SimDisk _disk;
    private readonly LogConfig _config;
    private readonly CleanerOptions _cleaner;

    /// <summary>Each key's records with their time, in their order; of the last one or two appends it may not be known whether they are there.</summary>
    private readonly Dictionary<string, List<(long Offset, string? Value, long TimeMs)>> _appended = new(StringComparer.Ordinal);
    private List<(string Key, string? Value)>? _pending;
    private SimScheduler _process;
    private LogManager _manager = null!;
    private PartitionLog _log = null!;
    private long _end;
    private int _sequence;

    public CompactionRun(SimWorld world, Flaw flaw)
    {
        _world = world;
        _random = world.Random;
        _disk = new SimDisk(world) { Bug = flaw.Disk };
        _process = new SimScheduler(world, "broker");
        _config = new LogConfig
        {
            SegmentBytes = _random.Next(500, 2000),
            IndexIntervalBytes = _random.Next(1, 300),
            FileDeleteDelayMs = _random.OneIn(3) ? 0 : 1000,
            Compact = true,
            Delete = false,
            MinCleanableDirtyRatio = 0,
            DeleteRetentionMs = 600_000,
            Preallocate = _random.OneIn(4),
        };
        _cleaner = new CleanerOptions
        {
            BackoffMs = 1000,
            IoBufferBytes = _random.Next(100, 3000),
            DedupeBufferBytes = _random.Next(100, 2000),
            MaxBytesPerSecond = _random.OneIn(2) ? _random.Next(200, 5000) : double.MaxValue,
        };
    }

    public void Run(int steps)
    {
        Start();
        for (int step = 0; step < steps; step++)
        {
            if (_random.OneIn(8))
            {
                _disk.DiesAt = _disk.Operations + 1 + _random.Next(_random.OneIn(2) ? 8 : 80);
            }

            Step(step);
            if (!_process.IsAlive)
            {
                Restart(_random.OneIn(2) ? CrashKind.PowerLoss : CrashKind.Kill);
            }
            else if (_disk.CapacityBytes == long.MaxValue)
            {
                Check($"after step {step}");
            }
        }

        Restart(CrashKind.PowerLoss);
    }

    private void Step(int step)
    {
        switch (_random.Next(12))
        {
            case 0 or 1:
                Do("roll", _log.Roll);
                break;
            case 2 or 3:
                _world.Advance(TimeSpan.FromMilliseconds(_random.Next(3000)));
                break;
            case 4:
                _world.Advance(TimeSpan.FromMinutes(_random.Next(8)));
                break;
            case 5 when _random.OneIn(3):
                if (Do("stop", () => _manager.Shutdown()))
                {
                    Restart(_random.OneIn(2) ? CrashKind.PowerLoss : CrashKind.Kill);
                }

                break;
            case 6:
                _disk.CapacityBytes = _disk.CapacityBytes == long.MaxValue && _random.OneIn(3) ? _disk.UsedBytes + _random.Next(2000) : long.MaxValue;
                break;
            default:
                Append(step);
                break;
        }
    }

    private void Append(int step)
    {
        using var builder = new RecordBatchBuilder();
        bool isIdempotent = _random.OneIn(3);
        builder.Begin(new RecordBatchOptions
        {
            ProducerId = isIdempotent ? ProducerId : -1, ProducerEpoch = (short)(isIdempotent ? 0 : -1), BaseSequence = isIdempotent ? _sequence : -1,
        });
        var records = new List<(string Key, string? Value)>();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            records.Add(($"key{_random.Next(6)}", _random.OneIn(4) ? null : $"{step}.{i}{new string('.', _random.Next(80))}"));
            builder.Append(_world.NowMs, Encoding.ASCII.GetBytes(records[^1].Key), records[^1].Value is { } value ? Encoding.ASCII.GetBytes(value) : null);
        }

        byte[] batch = builder.BuildArray();
        _pending = records;
        AppendResult result = default;
        bool lived = Do($"append {records.Count} records", () =>
        {
            result = _log.AppendAsLeader(batch, leaderEpoch: 0);
            if (result.Error == ErrorCode.None)
            {
                _log.Flush();
                _log.UpdateHighWatermark(result.LastOffset + 1);
            }
        });
        if (!lived)
        {
            return;
        }

        if (result.Error != ErrorCode.None)
        {
            Require(_disk.CapacityBytes != long.MaxValue, $"the append failed with {result.Error}: {result.ErrorMessage}");
            _pending = null;
            return;
        }

        Take(isIdempotent);
    }

    private void Take(bool isIdempotent)
    {
        foreach (var (key, value) in _pending!)
        {
            if (!_appended.TryGetValue(key, out var list))
            {
                _appended.Add(key, list = []);
            }

            list.Add((_end++, value, _world.NowMs));
        }

        _sequence += isIdempotent ? _pending.Count : 0;
        _pending = null;
    }

    /// <summary>L3: the last record of each key is there, or was a tombstone whose time is over, and then nothing of the key is left.</summary>
    private void Check(string when)
    {
        long? diesAt = _disk.DiesAt;
        _disk.DiesAt = null;
        Require(_log.LogEndOffset == _end, $"{when}: the log ends at {_log.LogEndOffset}, expected {_end}");
        Dictionary<long, (string Key, string? Value)> left = Read();
        foreach ((string key, var records) in _appended)
        {
            foreach ((long offset, string? value, long _) in records)
            {
                Require(!left.TryGetValue(offset, out var found) || found == (key, value), $"L1: {when}: other content at offset {offset}");
            }

            (long Offset, string? Value, long TimeMs) last = records[^1];
            bool mayBeGone = last.Value is null && _world.NowMs - last.TimeMs >= _config.DeleteRetentionMs && records.TrueForAll(record => !left.ContainsKey(record.Offset));
            Require(left.ContainsKey(last.Offset) || mayBeGone, $"L3: {when}: the last record of {key}, offset {last.Offset}, is gone");
        }

        ProducerStatus producer = _log.ActiveProducers().FirstOrDefault(status => status.ProducerId == ProducerId);
        Require(_sequence == 0 || producer.LastSequence == _sequence - 1, $"P2: {when}: the producer's last sequence is {producer.LastSequence}, expected {_sequence - 1}");
        Require(_manager.Cleaner.Status().Uncleanable.Count == 0, $"{when}: the log is given up");
        _disk.DiesAt = diesAt;
    }

    private Dictionary<long, (string Key, string? Value)> Read()
    {
        var left = new Dictionary<long, (string, string?)>();
        using var decompressor = RecordDecompressor.Rent();
        for (long offset = 0; offset < _end;)
        {
            using LogSlice slice = _log.Read(offset, 2000, FetchIsolation.LogEnd, minOneBatch: true);
            Require(slice.Error == ErrorCode.None, $"reading offset {offset} gives {slice.Error}");
            byte[] bytes = new byte[slice.Length];
            Require(slice.CopyTo(bytes) == slice.Length, $"L1: the file ends within the slice at offset {offset}");
            long before = offset;
            foreach (RecordBatchHeader batch in new RecordBatchReader(bytes))
            {
                Require(batch.IsValid && batch.NextOffset > offset, $"L1: a bad batch at offset {batch.BaseOffset}, wanted {offset}");
                RecordReader records = RecordReader.Open(batch, decompressor);
                while (records.MoveNext())
                {
                    left.Add(records.Current.Offset, (Encoding.ASCII.GetString(records.Current.Key), records.Current.HasValue ? Encoding.ASCII.GetString(records.Current.Value) : null));
                }

                offset = batch.NextOffset;
            }

            if (offset == before)
            {
                break;
            }
        }

        return left;
    }

    private void Restart(CrashKind kind)
    {
        bool lostPower = false;
        do
        {
            lostPower |= kind == CrashKind.PowerLoss;
            _process.Kill();
            _world.Note($"crash: {kind}");
            _disk.Crash(kind);
            _disk.DiesAt = _random.OneIn(3) ? _disk.Operations + 1 + _random.Next(40) : null;
        }
        while (!Start());

        _disk.DiesAt = null;
        Require(_log.LogEndOffset >= _end, $"L2: after {(lostPower ? "a power loss" : "a kill")} the log ends at {_log.LogEndOffset}, {_end} was flushed");
        if (_pending is { } pending && _log.LogEndOffset == _end + pending.Count)
        {
            ProducerStatus producer = _log.ActiveProducers().FirstOrDefault(status => status.ProducerId == ProducerId);
            bool isIdempotent = producer.ProducerId == ProducerId && producer.LastSequence == _sequence + pending.Count - 1;
            Take(isIdempotent);
        }

        _pending = null;

        // What a kill left in the page cache counts from now on.
        Do("flush", _log.Flush);
        Check("after a restart");
    }

    private bool Start()
    {
        _process = new SimScheduler(_world, "broker");
        SimScheduler process = _process;
        _disk.Died = process.Kill;
        var environment = new LogEnvironment(new OpenFiles(_disk, _random.OneIn(2) ? 3 : 100), process.Time, new SimEntropy(_random.Fork()), process);
        _manager = new LogManager(environment, new LogManagerOptions { LogDirectories = [Root], Cleaner = _cleaner });
        return Do("start", () => _manager.StartAsync(_ => _config)) && Do("open the log", () =>
        {
            _log = _manager.GetOrCreate(Partition, new Uuid(1, 2), _config);
            _log.UpdateHighWatermark(long.MaxValue);
        });
    }

    private bool Do(string what, Action operation) => Do(what, () =>
    {
        operation();
        return Task.CompletedTask;
    });

    /// <summary>Runs one operation of the process; false when the process died in it. Only a full disk may make it fail.</summary>
    private bool Do(string what, Func<Task> operation)
    {
        _world.Note(what);
        Task task = _process.Call(operation);
        _world.RunUntil(task, _process, Patience);
        if (_process.IsAlive && task.Exception?.GetBaseException() is { } failed)
        {
            if (failed is not DiskException { Kind: DiskErrorKind.NoSpace } || _disk.CapacityBytes == long.MaxValue)
            {
                throw new SimulationFailedException($"{what}: {failed}", failed);
            }

            _world.Note($"{what} failed: {failed.Message}");
        }

        return _process.IsAlive;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new SimulationFailedException(message);
        }
    }
}
