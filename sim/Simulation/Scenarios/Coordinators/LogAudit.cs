using Moldau.Coordination;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;
using Moldau.Records;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>Reads whole logs and compares them with what clients know: T1, T2, T5.</summary>
internal static class LogAudit
{
    public static List<(long Offset, long Number)> Numbers(ReadOnlySpan<byte> bytes)
    {
        List<(long, long)> numbers = [];
        using RecordDecompressor decompressor = RecordDecompressor.Rent();
        RecordReader reader = RecordReader.Open(new RecordBatchHeader(bytes), decompressor);
        while (reader.MoveNext())
        {
            ref readonly RecordView record = ref reader.Current;
            numbers.Add((record.Offset, System.Buffers.Text.Utf8Parser.TryParse(record.Value, out long number, out _) ? number : -1));
        }

        return numbers;
    }

    /// <summary>All records of a log, those of transactions however these ended.</summary>
    public static List<(long Offset, long Number)> Records(PartitionLog log) => [.. Batches(log).Where(batch => !new RecordBatchHeader(batch).IsControl).SelectMany(batch => Numbers(batch))];

    /// <summary>The records of a log whose transactions are committed, in their order.</summary>
    public static List<(long Offset, long Number)> CommittedRecords(PartitionLog log) =>
        [.. Ended(log).Where(transaction => transaction.IsCommit).SelectMany(transaction => transaction.Records).Order()];

    /// <summary>What a partition holds of committed transactions; each record was sent there, each transaction ends once, as its client was told. What is open is left out.</summary>
    public static List<(long Offset, long Number)> Committed(CoordinatorsRun run, int partition, PartitionLog log)
    {
        List<(long, long)> committed = [];
        foreach ((List<(long Offset, long Number)> records, bool isCommit, long markerOffset) in Ended(log))
        {
            foreach (Transaction transaction in records.Select(record => run.TransactionOf(record.Number)).Distinct())
            {
                run.Decide(transaction, isCommit, $"its marker in {CoordinatorsRun.Output}-{partition} at offset {markerOffset}");
            }

            committed.AddRange(isCommit ? records : []);
        }

        foreach ((long number, int times) in committed.GroupBy(record => record.Item2).Select(group => (group.Key, group.Count())))
        {
            run.TransactionOf(number).Require(times == 1, $"P1: record {number} is committed {times} times in partition {partition}");
        }

        committed.Sort();
        return committed;
    }

    /// <summary>T1: each transactional id goes from state to state as it may.</summary>
    public static void CheckStates(PartitionLog log)
    {
        Dictionary<string, TransactionState> states = [];
        foreach (byte[] bytes in Batches(log))
        {
            using RecordDecompressor decompressor = RecordDecompressor.Rent();
            RecordReader reader = RecordReader.Open(new RecordBatchHeader(bytes), decompressor);
            while (reader.MoveNext())
            {
                ref readonly RecordView record = ref reader.Current;
                CoordinatorRecord? read = CoordinatorRecordCodec.Transaction.Read(record.Key.ToArray(), record.Value.ToArray());
                if (read is not { Key: TransactionLogKey key, Value: TransactionLogValue value })
                {
                    continue;
                }

                string id = key.TransactionalId.ToString();
                var next = (TransactionState)value.TransactionStatus;
                bool may = !states.TryGetValue(id, out TransactionState before) || MayFollow(before, next);
                if (!may)
                {
                    throw new SimulationFailedException($"T1: {id} goes from {before} to {next} at offset {record.Offset} of the transaction log");
                }

                states[id] = next;
            }
        }

        foreach ((string id, TransactionState state) in states)
        {
            if (state is TransactionState.Ongoing or TransactionState.PrepareAbort or TransactionState.PrepareCommit)
            {
                throw new SimulationFailedException($"T4: {id} is {state} long after everything healed");
            }
        }
    }

    private static bool MayFollow(TransactionState before, TransactionState next) => before switch
    {
        TransactionState.PrepareCommit => next is TransactionState.CompleteCommit,
        TransactionState.PrepareAbort => next is TransactionState.CompleteAbort,
        TransactionState.Ongoing => next is TransactionState.Ongoing or TransactionState.PrepareCommit or TransactionState.PrepareAbort,
        _ => next is TransactionState.Empty or TransactionState.Ongoing or TransactionState.PrepareAbort,
    };

    /// <summary>The transactions of a log that have ended, in the order of their markers.</summary>
    private static IEnumerable<(List<(long Offset, long Number)> Records, bool IsCommit, long MarkerOffset)> Ended(PartitionLog log)
    {
        Dictionary<long, List<(long Offset, long Number)>> open = [];
        foreach (byte[] bytes in Batches(log))
        {
            var batch = new RecordBatchHeader(bytes);
            if (!batch.IsControl)
            {
                (open.TryGetValue(batch.ProducerId, out var found) ? found : open[batch.ProducerId] = []).AddRange(Numbers(bytes));
            }
            else if (open.Remove(batch.ProducerId, out var ended))
            {
                yield return (ended, IsCommit(bytes), batch.BaseOffset);
            }
        }
    }

    private static bool IsCommit(byte[] bytes)
    {
        using RecordDecompressor decompressor = RecordDecompressor.Rent();
        RecordReader reader = RecordReader.Open(new RecordBatchHeader(bytes), decompressor);
        reader.MoveNext();
        return ControlRecords.TypeOf(in reader.Current) == ControlRecordType.Commit;
    }

    private static IEnumerable<byte[]> Batches(PartitionLog log)
    {
        for (long position = log.LogStartOffset; position < log.LogEndOffset;)
        {
            using LogSlice slice = log.Read(position, 1 << 20, FetchIsolation.LogEnd, minOneBatch: true);
            byte[] bytes = new byte[slice.Length];
            slice.CopyTo(bytes);
            for (int at = 0; at < bytes.Length;)
            {
                RecordBatchHeader.TryReadSize(bytes.AsSpan(at), out int size);
                byte[] batch = bytes[at..(at + size)];
                position = new RecordBatchHeader(batch).LastOffset + 1;
                yield return batch;
                at += size;
            }
        }
    }
}
