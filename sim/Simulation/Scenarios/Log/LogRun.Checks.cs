using Moldau.Protocol;
using Moldau.Records;
using Moldau.Storage;

namespace Moldau.Simulation;

internal sealed partial class LogRun
{
    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new SimulationFailedException(message);
        }
    }

    private void CheckStep()
    {
        // Looking is not a step: the process does not die of it.
        long? diesAt = _disk.DiesAt;
        _disk.DiesAt = null;
        Require(_log.LogEndOffset == _oracle.End, $"the log ends at {_log.LogEndOffset}, expected {_oracle.End}");
        NoteRetention();
        _oracle.Synced = Math.Max(_oracle.Synced, _log.RecoveryPoint);
        CheckRead(_random.NextInt64(_oracle.Start, _oracle.End + 1), _random.Next(1, 3000));
        if (_random.OneIn(8))
        {
            CheckProducers();
            CheckTimestamps();
        }

        _disk.DiesAt = diesAt;
    }

    /// <summary>After a start: what must be there is there, what is there is what was appended.</summary>
    private void CheckStarted(CrashKind? after)
    {
        long end = _log.LogEndOffset;
        long start = _log.LogStartOffset;
        _world.Note($"started with {start} to {end}, was {_oracle.Start} to {_oracle.End}, acknowledged {_oracle.Acknowledged}, synced {_oracle.Synced}; {_disk.Describe(_log.Directory)}");
        if (_oracle.Pending is { } pending && end == pending.Last + 1)
        {
            _oracle.Append(pending);
        }

        _oracle.Pending = null;
        bool isKilled = after == CrashKind.Kill;
        long least = Math.Max(_oracle.Synced, isKilled || _config.DurableAppends ? _oracle.Acknowledged : 0);
        Require(end >= least, $"L2: the log ends at {end} after a crash; {least} was acknowledged or synced");
        Require(end <= Math.Max(_oracle.End, start), $"L2: the log ends at {end}, behind all that was appended, {_oracle.End}");
        if (start > _oracle.Start && start != end)
        {
            // Retention ran on its own before the process died.
            CheckRetention(start);
        }

        Require((start <= _oracle.Start || start == end) && start >= Math.Min(_oracle.CheckpointedStart, end), $"the log starts at {start}, was {_oracle.Start}, checkpointed {_oracle.CheckpointedStart}");
        Require(_oracle.IsBoundary(end) || start == end, $"L2: the log ends at {end}, within a batch");
        _oracle.LoseFrom(end);
        _oracle.Start = start;
        _oracle.CheckpointedStart = Math.Min(_oracle.CheckpointedStart, start);
        _oracle.LifeStart = end;
        _oracle.Synced = Math.Min(_oracle.Synced, end);
        for (int i = 0; i < _epoch.Length; i++)
        {
            if (_oracle.LastOf(i + 1) is { } last)
            {
                _epoch[i] = last.Epoch;
                _nextSequence[i] = OracleBatch.Wrap(last.LastSequence, 1);
            }
        }

        CheckAll();
        CheckProducers();
        CheckTimestamps();
    }

    /// <summary>L1: every byte of the log is the oracle's; so every batch is whole and in order.</summary>
    private void CheckAll()
    {
        for (long offset = _oracle.Start; offset < _oracle.End;)
        {
            int read = CheckRead(offset, int.MaxValue);
            int size = 0;
            foreach (OracleBatch batch in _oracle.Batches.Where(batch => batch.Last >= offset).ToArray())
            {
                size += batch.Bytes.Length;
                offset = batch.Last + 1;
                if (size >= read)
                {
                    break;
                }
            }
        }

        for (int i = 0; i < 10; i++)
        {
            CheckRead(_random.NextInt64(_oracle.Start, _oracle.End + 1), _random.Next(1, 2000));
        }
    }

    private int CheckRead(long offset, int maxBytes)
    {
        using LogSlice slice = _log.Read(offset, maxBytes, FetchIsolation.LogEnd, minOneBatch: true);
        Require(slice.Error == ErrorCode.None, $"I7: reading offset {offset} of {_oracle.Start} to {_oracle.End} gives {slice.Error}");
        byte[] bytes = new byte[slice.Length];
        Require(slice.CopyTo(bytes) == slice.Length, $"L1: the file ends within the slice at offset {offset}");
        Require(bytes.Length > 0 == offset < _oracle.End, $"I7: reading offset {offset} of {_oracle.Start} to {_oracle.End} gives {bytes.Length} bytes");
        byte[] expected = _oracle.BytesFrom(offset);
        Require(bytes.Length <= expected.Length && bytes.AsSpan().SequenceEqual(expected.AsSpan(0, bytes.Length)), $"I7, L1: other bytes at offset {offset} than were appended: {Difference(bytes, expected)}");
        return bytes.Length;
    }

    private static string Difference(byte[] found, byte[] expected)
    {
        int at = found.AsSpan().CommonPrefixLength(expected);
        string header = found.Length >= RecordBatchLayout.HeaderBytes
            ? $"; the first batch there has offset {new RecordBatchHeader(found).BaseOffset}, expected {(expected.Length > 0 ? new RecordBatchHeader(expected).BaseOffset : -1)}"
            : "";
        return $"they differ from byte {at} on, {found.Length} bytes found, {expected.Length} expected at most{header}";
    }

    /// <summary>P2: the producers' state is what the batches in the log give.</summary>
    private void CheckProducers()
    {
        Dictionary<long, ProducerStatus> known = _log.ActiveProducers().ToDictionary(status => status.ProducerId);
        for (int id = 1; id <= _epoch.Length; id++)
        {
            OracleBatch? last = _oracle.LastOf(id);
            bool found = known.TryGetValue(id, out ProducerStatus status);
            Require(found || !IsKnown(id), $"P2: producer {id} is forgotten, its last batch is at offset {last?.First} of {_oracle.Start} to {_oracle.End}");
            bool same = last is not null && status.ProducerEpoch == last.Epoch && status.LastSequence == last.LastSequence;
            if (found && !same && !IsKnown(id))
            {
                // Its batches are deleted and the snapshot that knew of them was damaged: an older one counts, and the client goes on with a new epoch.
                _epoch[id - 1] = (short)(Math.Max(_epoch[id - 1], status.ProducerEpoch) + 1);
                _nextSequence[id - 1] = 0;
                continue;
            }

            Require(!found || same,
                $"P2: producer {id} has epoch {status.ProducerEpoch} and sequence {status.LastSequence}, expected {last?.Epoch} and {last?.LastSequence}");
        }
    }

    private void CheckTimestamps()
    {
        long timestamp = _oracle.Batches.Count == 0 ? 0 : _oracle.Batches[_random.Next(_oracle.Batches.Count)].Timestamp + _random.Next(3);
        long? found = _log.FetchOffsetForTimestamp(timestamp)?.Offset;
        Require(found == _oracle.OffsetForTimestamp(timestamp), $"the first offset at or after {timestamp} is {_oracle.OffsetForTimestamp(timestamp)}, found {found}");
    }

    /// <summary>I7: what retention has deleted was due.</summary>
    private void NoteRetention()
    {
        if (_process.IsAlive && _log.LogStartOffset != _oracle.Start)
        {
            CheckRetention(_log.LogStartOffset);
        }
    }

    private void CheckRetention(long start)
    {
        Require(start > _oracle.Start && start <= _oracle.End, $"the log starts at {start}, was {_oracle.Start}");
        OracleBatch? young = _oracle.Batches.Find(batch => batch.First < start && batch.Last >= _oracle.Start && batch.MaxTimestamp > _world.NowMs - _config.RetentionMs);
        Require(young is null || (_config.RetentionBytes >= 0 && _oracle.BytesFrom(start).Length + _config.SegmentBytes >= _config.RetentionBytes),
            $"I7: retention deleted up to {start}, among it offset {young?.First}, which is neither old nor too much");
        _oracle.Start = start;
    }
}
