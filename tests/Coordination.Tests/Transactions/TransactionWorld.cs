using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Coordination.Tests;

/// <summary>
/// A random history: producers that share ids, lose answers, pause and fence each other; markers that are late, doubled and lost; appends that overtake verification; time-outs; coordinators that
/// crash at any step; a transaction log that refuses appends or is slow to commit. The checker looks after each step.
/// </summary>
internal sealed class TransactionWorld : IDisposable
{
    private readonly Random _random;
    private readonly TransactionRig _rig;
    private readonly TransactionChecker _checker;
    private readonly List<SimulatedProducer> _producers = [];
    private readonly List<Func<Task>> _late = [];
    private readonly List<(TopicPartition Partition, TransactionMarker Marker)> _lateMarkers = [];
    private readonly List<(SimulatedProducer Producer, TopicPartition Partition, ProducerIdAndEpoch As, int Sequence, string Value, VerificationGuard Guard)> _inFlight = [];

    /// <summary>The transaction that each value that was taken belongs to: by epoch under version 2, by its number under version 1.</summary>
    private readonly Dictionary<string, (TransactionalId Id, ProducerIdAndEpoch Producer, int Number)> _taken = [];
    private readonly short _version;
    private int _values;

    public TransactionWorld(int seed, short version)
    {
        _random = new Random(seed);
        _version = version;
        _rig = new TransactionRig(version) { DeliversAtOnce = false };
        _checker = new TransactionChecker(_rig);
        for (var i = 0; i < 4; i++)
        {
            _producers.Add(new SimulatedProducer(_rig, $"id-{i % 2}", version >= 2 ? (short)2 : (short)0));
        }
    }

    public void Dispose() => _rig.Dispose();

    public void Play(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Step();
            _rig.Run();
            _checker.Step();
        }

        Heal();
        _checker.Step();
        _checker.Markers();
        Visible();
    }

    private bool Chance(int percent) => _random.Next(100) < percent;

    private void Step()
    {
        var producer = _producers[_random.Next(_producers.Count)];
        switch (_random.Next(20))
        {
            case 0 or 1:
                producer.Initialize(continues: Chance(30), loses: Chance(15));
                break;
            case < 9 when producer.IsReady && producer.Ending is null:
                Produce(producer);
                break;
            case < 13 when producer.IsReady:
                End(producer);
                break;
            case < 16:
                Network();
                break;
            case 16:
                _rig.Advance(_random.Next(1500));
                break;
            case 17:
                Disturb();
                break;
            case 18 when Chance(30):
                Crash();
                break;
            default:
                DeliverLate();
                break;
        }
    }

    private void Produce(SimulatedProducer producer)
    {
        var partition = new TopicPartition(TransactionRig.Topic, _random.Next(TransactionRig.DataPartitions));
        if (!producer.Add(partition, loses: Chance(10), out var guard))
        {
            return;
        }

        var append = (producer, partition, producer.Producer, producer.NextSequence(partition), $"v{_values++}", guard);
        if (Chance(20) && _version >= 2)
        {
            _inFlight.Add(append);
        }
        else
        {
            Append(append);
        }
    }

    private void Append((SimulatedProducer Producer, TopicPartition Partition, ProducerIdAndEpoch As, int Sequence, string Value, VerificationGuard Guard) append)
    {
        var result = _rig.Append(append.Partition, append.As, append.Sequence, append.Value, append.Guard);
        if (result.Error != ErrorCode.None || result.IsDuplicate)
        {
            return;
        }

        _checker.Step();
        var number = _checker.Ended.TryGetValue(append.Producer.TransactionalId, out var ended) ? ended.Count : 0;
        var isEnding = Verified(append.Partition, append.Producer.TransactionalId, append.As);
        _taken.Add(append.Value, (append.Producer.TransactionalId, append.As, isEnding ? number - 1 : number));
        if (append.Producer.Producer == append.As)
        {
            append.Producer.OnAppended(append.Partition);
        }
    }

    /// <summary>T3: whatever is taken belongs to a transaction that is open, or whose marker has not been here yet; then it gives true.</summary>
    private bool Verified(TopicPartition partition, TransactionalId id, ProducerIdAndEpoch producer)
    {
        var now = _rig.Last(id).ShouldNotBeNull("T3: a record of an id that nobody initialized");
        var isOpen = now.State == TransactionState.Ongoing && now.ProducerEpoch == producer.Epoch;
        var isEnding = now.State.IsPrepared();
        (now.ProducerId == producer.ProducerId && (isOpen || isEnding) && now.Partitions.Contains(partition)).ShouldBeTrue(
            $"T3: {partition} took a record of {producer} while {id} is {now.State} of {now.ProducerId}, epoch {now.ProducerEpoch}");
        return isEnding;
    }

    private void End(SimulatedProducer producer)
    {
        var commit = Chance(70);
        var (id, sent, coordinator) = (producer.TransactionalId, producer.Producer, _rig.Coordinator);
        producer.End(commit, loses: Chance(20));
        if (_version >= 2 && Chance(20))
        {
            // The network delivers the request once more, much later.
            _late.Add(() => _rig.Begin(coordinator.EndAsync(id, sent.ProducerId, sent.Epoch, commit, 2)));
            _late.Add(() => _rig.Begin(coordinator.AddPartitionsAsync(id, sent.ProducerId, sent.Epoch, [new(TransactionRig.Topic, 0)], 2)));
        }
    }

    private void Network()
    {
        if (_rig.Network.Count == 0)
        {
            return;
        }

        var pending = _rig.Network[_random.Next(_rig.Network.Count)];
        _rig.Network.Remove(pending);
        if (Chance(20))
        {
            _lateMarkers.Add((pending.Partitions[_random.Next(pending.Partitions.Count)], pending.Marker));
        }

        if (Chance(60))
        {
            _rig.Deliver(pending);
            return;
        }

        foreach (var partition in pending.Partitions.Where(_ => Chance(50)))
        {
            _rig.Append(partition, pending.Marker);
        }

        pending.Lose();
    }

    private void DeliverLate()
    {
        if (_inFlight.Count > 0 && Chance(50))
        {
            var append = _inFlight[_random.Next(_inFlight.Count)];
            _inFlight.Remove(append);
            Append(append);
        }
        else if (_lateMarkers.Count > 0 && _version >= 2)
        {
            var (partition, marker) = _lateMarkers[_random.Next(_lateMarkers.Count)];
            _rig.Append(partition, marker);
        }
        else if (_late.Count > 0)
        {
            var request = _late[_random.Next(_late.Count)];
            _late.Remove(request);
            request();
        }
    }

    private void Disturb()
    {
        var log = _rig.Harness.Log;
        log.AppendError = Chance(20) ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
        log.HoldsHighWatermark = Chance(30);
        if (!log.HoldsHighWatermark)
        {
            log.Commit(_rig.Harness.Partition);
        }
    }

    private void Crash()
    {
        _rig.Crash();
        foreach (var pending in _rig.Network.Where(pending => pending.Marker.CoordinatorEpoch < _rig.Epoch).ToArray())
        {
            _rig.Network.Remove(pending);
            _lateMarkers.AddRange(pending.Partitions.Select(partition => (partition, pending.Marker)));
        }
    }

    /// <summary>Nothing fails any more: in bounded time no transaction is open.</summary>
    private void Heal()
    {
        _rig.Harness.Log.AppendError = ErrorCode.None;
        _rig.Harness.Log.HoldsHighWatermark = false;
        _rig.Harness.Log.Commit(_rig.Harness.Partition);
        _rig.DeliversAtOnce = true;
        _rig.Network.ForEach(pending => pending.Lose());
        _rig.Network.Clear();
        _rig.Advance(2000 + (3 * TransactionRig.AbortIntervalMs));
        foreach (var id in _producers.Select(producer => producer.TransactionalId).Distinct())
        {
            (_rig.Last(id)?.State.IsIdle() ?? true).ShouldBeTrue($"liveness: {id} is {_rig.Last(id)?.State}");
        }

        _rig.Markers.Count.ShouldBe(0);
    }

    /// <summary>T5: read_committed shows exactly what was committed.</summary>
    private void Visible()
    {
        foreach (var (partition, log) in _rig.Logs)
        {
            var expected = TransactionChecker.Batches(log).Where(batch => batch.Value is not null && IsCommitted(batch.Value)).Select(batch => batch.Value!);
            TransactionChecker.Committed(log).ShouldBe(expected, $"T5: {partition}");
            log.LastStableOffset.ShouldBe(log.HighWatermark);
        }
    }

    private bool IsCommitted(string value)
    {
        var (id, producer, number) = _taken[value];
        return _version >= 2
            ? _checker.Decisions[new(producer.ProducerId, (short)(producer.Epoch + 1))]
            : _checker.Ended[id][number];
    }
}
