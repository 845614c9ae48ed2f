namespace Moldau.Simulation;

/// <summary>All records that applications sent, and what logs and readers may say of them: C1 to C3, C6.</summary>
internal sealed class RecordModel(SimWorld world)
{
    private readonly Dictionary<long, LibraryRecord> _records = [];
    private long _last;

    public LibraryRecord New(string topic, string producer, LibraryTransaction? transaction)
    {
        var record = new LibraryRecord(++_last, topic, producer, transaction);
        _records.Add(record.Number, record);
        return record;
    }

    public void Acknowledge(LibraryRecord record, int partition, long offset)
    {
        world.Note($"record {record.Number} is at offset {offset} of {record.Topic}-{partition}");
        (record.State, record.Partition, record.Offset) = (SentState.Acknowledged, partition, offset);
    }

    public LibraryRecord Find(string topic, int partition, long offset, long number)
    {
        LibraryRun.Require(_records.TryGetValue(number, out LibraryRecord? record) && record.Topic == topic, $"C10: offset {offset} of {topic}-{partition} has record {number}, which nobody sent there");
        return record!;
    }

    /// <summary>A whole log: each record at most once (C2), those of a producer in the order of their sending (C3), and all that were acknowledged (C1).</summary>
    public void CheckLog(string topic, int partition, List<(long Offset, long Number)> log, bool mayLose)
    {
        Dictionary<long, long> offsets = [];
        Dictionary<string, long> last = [];
        foreach ((long offset, long number) in log)
        {
            LibraryRecord record = Find(topic, partition, offset, number);
            LibraryRun.Require(offsets.TryAdd(number, offset), $"C2: {topic}-{partition} has record {number} of {record.Producer} at offset {offsets[number]} and again at {offset}");
            LibraryRun.Require(!last.TryGetValue(record.Producer, out long before) || before < number, $"C3: {topic}-{partition} has record {number} of {record.Producer} at offset {offset}, behind record {before} that was sent after it");
            last[record.Producer] = number;
            LibraryRun.Require(record.Partition < 0 || record.Partition == partition, $"C10: {topic}-{partition} has record {number}, which was sent to partition {record.Partition}");
        }

        foreach (LibraryRecord record in _records.Values.Where(record => record.State == SentState.Acknowledged && record.Topic == topic && record.Partition == partition))
        {
            bool isThere = offsets.TryGetValue(record.Number, out long offset);
            LibraryRun.Require(isThere || mayLose, $"C1: record {record.Number} of {record.Producer} was acknowledged at offset {record.Offset} of {topic}-{partition} and is not there");
            LibraryRun.Require(!isThere || mayLose || record.Offset < 0 || record.Offset == offset, $"C1: record {record.Number} of {record.Producer} was acknowledged at offset {record.Offset} of {topic}-{partition} and is at {offset}");
        }
    }

    /// <summary>What is committed of a partition: all records of transactions that are (C6), of no other, each once and in their order.</summary>
    public void CheckCommitted(int partition, List<(long Offset, long Number)> log)
    {
        CheckLog(LibraryRun.Transactional, partition, log, mayLose: true);
        HashSet<long> there = [.. log.Select(entry => entry.Number)];
        foreach ((long offset, long number) in log)
        {
            LibraryTransaction transaction = Find(LibraryRun.Transactional, partition, offset, number).Transaction!;
            LibraryRun.Require(!transaction.IsAborted, $"C6: record {number} at offset {offset} of partition {partition} is committed, and {transaction.Name} was aborted");
            transaction.Commit();
        }

        foreach (LibraryRecord record in _records.Values.Where(record => record.Transaction is { IsCommitted: true } && record.Partition == partition))
        {
            LibraryRun.Require(there.Contains(record.Number), $"C6: {record.Transaction!.Name} is committed, and its record {record.Number} ({record.State}) is not in partition {partition}");
        }
    }
}
