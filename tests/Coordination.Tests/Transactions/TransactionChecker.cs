using System.Text;
using Moldau.Core;
using Moldau.Protocol.Coordination;
using Moldau.Records;
using Moldau.Storage;

namespace Moldau.Coordination.Tests;

/// <summary>The invariants T1 to T7 of transactions, looked up in the logs alone. A violation throws, with the name of the invariant.</summary>
internal sealed class TransactionChecker(TransactionRig rig)
{
    private readonly Dictionary<TransactionalId, TransactionMetadata> _last = [];
    private readonly Dictionary<ProducerIdAndEpoch, bool> _decisions = [];
    private readonly Dictionary<TopicPartition, long> _stable = [];
    private int _seen;

    /// <summary>The decisions by producer and the epoch of its markers.</summary>
    public IReadOnlyDictionary<ProducerIdAndEpoch, bool> Decisions => _decisions;

    /// <summary>How many decisions of a transactional id there were.</summary>
    public Dictionary<TransactionalId, List<bool>> Ended { get; } = [];

    /// <summary>After each step.</summary>
    public void Step()
    {
        foreach (var record in rig.Harness.Records().Skip(_seen))
        {
            _seen++;
            Transition(((TransactionLogKey)record.Key).TransactionalId, record.Value as TransactionLogValue);
        }

        foreach (var (partition, log) in rig.Logs)
        {
            var stable = log.LastStableOffset;
            (stable >= _stable.GetValueOrDefault(partition)).ShouldBeTrue($"T4: the last stable offset of {partition} fell from {_stable.GetValueOrDefault(partition)} to {stable}");
            _stable[partition] = stable;
            stable.ShouldBe(Math.Min(log.HighWatermark, FirstOpen(log) ?? long.MaxValue), $"T4: {partition}");
        }
    }

    /// <summary>The values that a consumer with read_committed sees, by partition and in order.</summary>
    public static List<string> Committed(PartitionLog log)
    {
        var aborted = new PriorityQueue<AbortedTransaction, long>(log.CollectAbortedTransactions(0, long.MaxValue).Select(one => (one, one.FirstOffset)));
        var open = new HashSet<long>();
        var values = new List<string>();
        foreach (var (batch, value) in Batches(log))
        {
            while (aborted.TryPeek(out var next, out var first) && first <= batch.Offset)
            {
                open.Add(next.ProducerId);
                aborted.Dequeue();
            }

            if (batch.IsControl)
            {
                open.Remove(batch.Producer.ProducerId);
            }
            else if (!open.Contains(batch.Producer.ProducerId))
            {
                values.Add(value!);
            }
        }

        return values;
    }

    /// <summary>T2: each partition with records of a transaction has markers of its decision, and none of another.</summary>
    public void Markers()
    {
        foreach (var (partition, log) in rig.Logs)
        {
            var open = new HashSet<ProducerId>();
            foreach (var (batch, _) in Batches(log))
            {
                if (!batch.IsControl)
                {
                    open.Add(batch.Producer.ProducerId);
                    continue;
                }

                open.Remove(batch.Producer.ProducerId);
                if (rig.TransactionVersion >= 2)
                {
                    _decisions.ShouldContainKey(batch.Producer, $"T2: a marker in {partition} at {batch.Offset} that nobody decided");
                    batch.IsCommit.ShouldBe(_decisions[batch.Producer], $"T2: the marker in {partition} at {batch.Offset}");
                }
            }

            open.ShouldBeEmpty($"T4: transactions that hang in {partition}");
        }
    }

    /// <summary>What a log holds, batch by batch; each has one record.</summary>
    public static IEnumerable<((ProducerIdAndEpoch Producer, long Offset, bool IsControl, bool IsCommit) Batch, string? Value)> Batches(PartitionLog log)
    {
        using var slice = log.Read(0, int.MaxValue, FetchIsolation.LogEnd, minOneBatch: true);
        var bytes = new byte[slice.Length];
        slice.CopyTo(bytes);
        var all = new List<((ProducerIdAndEpoch, long, bool, bool), string?)>();
        var batches = new RecordBatchReader(bytes);
        while (batches.MoveNext())
        {
            var batch = batches.Current;
            using var decompressor = RecordDecompressor.Rent();
            var records = RecordReader.Open(batch, decompressor);
            records.MoveNext().ShouldBeTrue();
            var isCommit = batch.IsControl && ControlRecords.TryReadMarker(records.Current, out var marker) && marker.IsCommit;
            var value = batch.IsControl ? null : Encoding.UTF8.GetString(records.Current.Value);
            all.Add(((new(batch.ProducerId, batch.ProducerEpoch), batch.BaseOffset, batch.IsControl, isCommit), value));
        }

        return all;
    }

    private static long? FirstOpen(PartitionLog log)
    {
        var open = new Dictionary<ProducerId, long>();
        foreach (var (batch, _) in Batches(log))
        {
            if (batch.IsControl)
            {
                open.Remove(batch.Producer.ProducerId);
            }
            else
            {
                open.TryAdd(batch.Producer.ProducerId, batch.Offset);
            }
        }

        return open.Count == 0 ? null : open.Values.Min();
    }

    /// <summary>T1: a transaction begins, is decided once, and completes as it was decided.</summary>
    private void Transition(TransactionalId id, TransactionLogValue? value)
    {
        var next = TransactionLog.Read(id, value.ShouldNotBeNull("nothing expires here"));
        var before = _last.TryGetValue(id, out var known) ? known.State : TransactionState.Empty;
        var isLegal = next.State switch
        {
            TransactionState.Empty => before.IsIdle(),
            TransactionState.Ongoing => before.IsIdle() || before == TransactionState.Ongoing,
            TransactionState.PrepareCommit => before == TransactionState.Ongoing,
            TransactionState.PrepareAbort => before == TransactionState.Ongoing || (before.IsIdle() && next.ClientTransactionVersion >= 2),
            TransactionState.CompleteCommit => before == TransactionState.PrepareCommit,
            TransactionState.CompleteAbort => before == TransactionState.PrepareAbort,
            _ => false,
        };
        isLegal.ShouldBeTrue($"T1: {id} went from {before} to {next.State}");
        if (known is not null && next.ProducerId == known.ProducerId)
        {
            next.ProducerEpoch.ShouldBeGreaterThanOrEqualTo(known.ProducerEpoch, $"T1: the epoch of {id}");
        }

        if (next.State.IsPrepared())
        {
            var commit = next.State == TransactionState.PrepareCommit;
            Ended.TryAdd(id, []);
            Ended[id].Add(commit);
            _decisions[new(next.ProducerId, next.ProducerEpoch)] = commit;
        }

        _last[id] = next;
    }
}
