using System.Globalization;
using System.Text;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Simulation;

internal sealed partial class LogRun
{
    private const long ProducerLifeMs = 20L * 3_600_000;

    private void Step()
    {
        switch (_random.Next(32))
        {
            case 0:
                Do("flush", _log.Flush);
                break;
            case 1:
                Do("roll", _log.Roll);
                break;
            case 2:
                DeleteRecords();
                break;
            case 3:
                LetTimePass();
                break;
            case 4:
                Checkpoint();
                break;
            case 5:
                StopCleanly();
                break;
            case 6:
                _leaderEpoch += _random.Next(1, 3);
                Do($"leader epoch {_leaderEpoch}", () => _log.AssignEpochStartOffset(_leaderEpoch, _log.LogEndOffset));
                break;
            case 7:
                Resend();
                break;
            case 8:
                AppendWrongly();
                break;
            case 9:
                FillOrFreeDisk();
                break;
            case 10 when _random.OneIn(3):
                FailDisk();
                break;
            case 11:
                _world.RunReady();
                break;
            default:
                Append();
                break;
        }
    }

    private void Append()
    {
        int which = _random.Next(_epoch.Length + 2);
        if (which >= _epoch.Length)
        {
            AppendNew(-1, -1, -1);
            return;
        }

        if (_random.OneIn(12))
        {
            _epoch[which]++;
            _nextSequence[which] = 0;
        }

        if (AppendNew(which + 1, _epoch[which], _nextSequence[which]) is { } appended)
        {
            _nextSequence[which] = OracleBatch.Wrap(appended.LastSequence, 1);
            if (_flaw.Other == OtherBug.SequenceWrap && _nextSequence[which] < appended.BaseSequence && appended.BaseSequence > int.MaxValue / 2)
            {
                _nextSequence[which]++;
            }
        }
    }

    private OracleBatch? AppendNew(long producerId, short epoch, int sequence)
    {
        int records = _random.Next(1, 5);
        long timestamp = _world.NowMs + _random.Next(2000) - 1000;
        byte[] bytes = Build(records, timestamp, producerId, epoch, sequence);
        long first = _oracle.End;
        var batch = new OracleBatch(first, first + records - 1, bytes, timestamp, producerId, epoch, sequence);
        if (!_diskFails || _oracle.Pending is null)
        {
            // Once the device has failed, only the first append that met it may be in the log.
            _oracle.Pending = batch;
        }

        AppendResult result = default;
        bool lived = Do(string.Create(CultureInfo.InvariantCulture, $"append {records} records, {bytes.Length} bytes, producer {producerId} epoch {epoch} sequence {sequence}"),
            () => result = _log.AppendAsLeader(bytes, _leaderEpoch));
        if (!lived)
        {
            return null;
        }

        if (result.Error != ErrorCode.None)
        {
            bool borne = (_diskIsFull && result.Error == ErrorCode.NotEnoughReplicas) || (_diskFails && result.Error == ErrorCode.KafkaStorageError);
            Require(borne, $"the append failed with {result.Error}: {result.ErrorMessage}");
            _oracle.Pending = _diskFails ? _oracle.Pending : null;
            return null;
        }

        Require(!result.IsDuplicate && result.FirstOffset == first && result.LastOffset == batch.Last, $"P1: the append got offsets {result.FirstOffset} to {result.LastOffset}, expected {first}");
        _oracle.Append(batch);
        _oracle.Pending = null;
        Acknowledge();
        return batch;
    }

    private void Acknowledge()
    {
        long end = _oracle.End;
        if (_flaw.Other == OtherBug.AcksBeforeSync)
        {
            _oracle.Acknowledged = end;
        }

        bool synced = !_config.DurableAppends || (Do("flush before the answer", _log.Flush) && _log.RecoveryPoint >= end);
        if (_process.IsAlive && synced)
        {
            _oracle.Acknowledged = end;
        }

        if (_process.IsAlive && !_diskFails)
        {
            Do("high watermark follows", () => _log.MaybeIncrementHighWatermark(_log.LogEndOffsetMetadata));
        }
    }

    private byte[] Build(int records, long timestamp, long producerId, short epoch, int sequence)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence });
        for (int i = 0; i < records; i++)
        {
            builder.Append(timestamp + i, Encoding.ASCII.GetBytes($"step {_step} record {i}"), new byte[_random.Next(120)]);
        }

        return builder.BuildArray();
    }

    /// <summary>One of a producer's last five batches comes again: it is answered with its first offset, or refused when it was appended in an earlier life; never stored again.</summary>
    private void Resend()
    {
        int which = _random.Next(_epoch.Length);
        long id = which + 1;
        OracleBatch[] recent = [.. _oracle.Batches.Where(batch => batch.ProducerId == id && batch.Epoch == _epoch[which]).TakeLast(5)];
        if (recent.Length == 0 || !IsKnown(id))
        {
            return;
        }

        OracleBatch again = recent[_random.Next(recent.Length)];
        if (again.First < _oracle.Start)
        {
            return;
        }

        // As the client sends it: without its offset, which the checksum does not cover.
        byte[] bytes = [.. new byte[sizeof(long)], .. again.Bytes[sizeof(long)..]];
        AppendResult result = default;
        if (!Do($"send offset {again.First} of producer {id} again", () => result = _log.AppendAsLeader(bytes, _leaderEpoch)) || _diskFails
            || (_diskIsFull && result.Error == ErrorCode.NotEnoughReplicas))
        {
            return;
        }

        bool mayBeForgotten = again.First < _oracle.LifeStart && again != _oracle.LastOf(id);
        bool isDuplicate = result.Error == ErrorCode.None && result.IsDuplicate && result.FirstOffset == again.First;
        Require(isDuplicate || (mayBeForgotten && result.Error == ErrorCode.OutOfOrderSequenceNumber),
            $"P1: the batch sent again was answered {result.Error} {result.ErrorMessage}, duplicate {result.IsDuplicate}, first offset {result.FirstOffset} instead of {again.First}");
    }

    /// <summary>Sequences with a gap and epochs of the past are refused.</summary>
    private void AppendWrongly()
    {
        int which = _random.Next(_epoch.Length);
        if (!IsKnown(which + 1) || _oracle.LastOf(which + 1)!.Epoch != _epoch[which])
        {
            return;
        }

        bool stale = _epoch[which] > 0 && _random.OneIn(2);
        ErrorCode expected = stale ? ErrorCode.InvalidProducerEpoch : ErrorCode.OutOfOrderSequenceNumber;
        byte[] bytes = Build(1, _world.NowMs, which + 1, (short)(_epoch[which] - (stale ? 1 : 0)), OracleBatch.Wrap(_nextSequence[which], 2));
        AppendResult result = default;
        if (Do($"append what must be refused with {expected}", () => result = _log.AppendAsLeader(bytes, _leaderEpoch)) && !_diskFails)
        {
            Require(result.Error == expected || (_diskIsFull && result.Error == ErrorCode.NotEnoughReplicas),
                $"P1, P3: expected {expected}, got {result.Error} {result.ErrorMessage} at offset {result.FirstOffset}");
        }
    }

    private void DeleteRecords()
    {
        long to = _random.NextInt64(_oracle.Start, _oracle.End + 1);
        if (to > _log.HighWatermark)
        {
            return;
        }

        // Whether or not the process survives this: the log may begin there from now on.
        _oracle.Start = to;
        Do($"delete records before {to}", () =>
        {
            _log.IncrementLogStartOffset(to);
            _log.DeleteOldSegments();
        });
    }

    private void LetTimePass()
    {
        long ms = _random.Next(_random.OneIn(20) ? 90_000_000 : 2_000_000);
        _world.Note($"{ms} ms pass");
        if (_diskIsFull)
        {
            return;
        }

        try
        {
            _world.Advance(TimeSpan.FromMilliseconds(ms));
        }
        catch (SimulationFailedException failure) when (failure.InnerException is DiskException)
        {
            throw new SimulationFailedException($"a failed disk operation escaped from a worker, which ends the process: {failure.InnerException}", failure);
        }

        if (_process.IsAlive)
        {
            Do("retention", () => _manager.DeleteOldSegments());
        }

        NoteRetention();
    }

    private void Checkpoint()
    {
        long start = _oracle.Start;
        if (Do("checkpoint", _manager.WriteCheckpoints) && !_diskIsFull && !_diskFails)
        {
            _oracle.CheckpointedStart = start;
        }
    }

    private void StopCleanly()
    {
        if (_diskIsFull || _diskFails || !Do("stop", () => _manager.Shutdown(brokerEpoch: 7)))
        {
            return;
        }

        _world.RunReady();
        _oracle.Synced = _oracle.End;
        _oracle.Acknowledged = _oracle.End;
        _oracle.CheckpointedStart = _oracle.Start;
        Restart();
    }

    private void FillOrFreeDisk()
    {
        _diskIsFull = !_diskIsFull;
        _disk.CapacityBytes = _diskIsFull ? _disk.UsedBytes + _random.Next(1500) : long.MaxValue;
        _world.Note(_diskIsFull ? $"the disk is full at {_disk.CapacityBytes}" : "the disk has space again");
    }

    /// <summary>The device begins to fail: whatever runs into it takes the directory offline, then the machine goes down.</summary>
    private void FailDisk()
    {
        string failing = new[] { "write", "sync", "rename", "open", "syncdir", "truncate" }[_random.Next(6)];
        _world.Note($"the device fails at {failing}");
        bool failed = false;
        _diskFails = true;
        _disk.Fault = (operation, _) =>
        {
            bool fails = operation == failing && (failed || _random.OneIn(2));
            failed |= fails;
            return fails ? DiskErrorKind.Io : null;
        };
        for (int i = 0; i < 4 && _process.IsAlive; i++)
        {
            Append();
            if (_process.IsAlive)
            {
                _world.RunReady();
            }
        }

        if (_process.IsAlive && failed && failing is "write")
        {
            Require(!_manager.Directories[0].IsOnline, "the device failed, but its directory is still online");
        }
    }

    private bool IsKnown(long producerId) =>
        _oracle.LastOf(producerId) is { } last && last.First >= _oracle.Start && last.MaxTimestamp > _world.NowMs - ProducerLifeMs;
}
