using System.Buffers.Text;
using Moldau.Client;
using Moldau.Core;
using KafkaConsumer = Moldau.Client.Consumer;

namespace Moldau.Simulation;

/// <summary>An application that reads whole partitions which it assigns itself. What it was handed out last at each offset is what the log holds in the end (C10), and of transactions only what is committed (C6).</summary>
internal sealed class TailReader(LibraryRun run, string name, string address, SimRandom random, string topic, int partitions, bool isCommittedOnly) : LibraryClient(run, name, address, random)
{
    private readonly Dictionary<long, long>[] _read = [.. Enumerable.Range(0, partitions).Select(_ => new Dictionary<long, long>())];
    private readonly long[] _next = new long[partitions];
    private int _losses;

    public string Topic => topic;

    public override string? Unfinished
    {
        get
        {
            for (int partition = 0; partition < partitions; partition++)
            {
                List<(long Offset, long Number)> log = Run.LogOf(topic, partition) is { } found ? isCommittedOnly ? LogAudit.CommittedRecords(found) : LogAudit.Records(found) : [];
                if (log.Count > 0 && (!_read[partition].TryGetValue(log[^1].Offset, out long number) || number != log[^1].Number))
                {
                    // Another record may have been there before the log was cut, and it may not have heard of that yet.
                    return $"has not read offset {log[^1].Offset} of {topic}-{partition}, the last one";
                }
            }

            return null;
        }
    }

    public void CheckRead(int partition, List<(long Offset, long Number)> log)
    {
        foreach ((long offset, long number) in log)
        {
            bool isRead = _read[partition].TryGetValue(offset, out long read);
            LibraryRun.Require(isRead && read == number, $"C10: {topic}-{partition} has record {number} at offset {offset}, and {Life} was handed out {(isRead ? $"record {read}" : "nothing")} there");
        }

        HashSet<long> there = [.. log.Select(entry => entry.Offset)];
        foreach ((long offset, long number) in _read[partition])
        {
            LibraryRun.Require(!isCommittedOnly || there.Contains(offset), $"C6: {Life} was handed out record {number} at offset {offset} of {topic}-{partition}, which is not committed");
        }
    }

    protected override void Begin()
    {
        Array.ForEach(_read, read => read.Clear());
        Array.Clear(_next);
    }

    protected override async Task LiveAsync()
    {
        await using var consumer = new KafkaConsumer(ReaderOptions() with
        {
            IsolationLevel = isCommittedOnly ? IsolationLevel.ReadCommitted : IsolationLevel.ReadUncommitted,
            MaxPartitionFetchBytes = Random.OneIn(2) ? 1 << 20 : Random.Next(200, 3000),
        });
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartition(topic, partition)));
        await foreach (ConsumeRecord record in consumer.ConsumeAsync())
        {
            Take(record.Partition, record.Offset, Utf8Parser.TryParse(record.Value, out long number, out _) ? number : -1);
            if (Random.OneIn(10))
            {
                await PauseAsync(Random.Next(100));
            }
        }
    }

    private void Take(int partition, long offset, long number)
    {
        Note($"reads record {number} at offset {offset} of {topic}-{partition}");
        LibraryRecord record = Run.Records.Find(topic, partition, offset, number);
        if (isCommittedOnly)
        {
            LibraryRun.Require(!record.Transaction!.IsAborted, $"C6: {Life} was handed out record {number} at offset {offset} of {topic}-{partition}, and {record.Transaction.Name} was aborted");
        }

        // Only a log that was cut is read again.
        LibraryRun.Require(offset >= _next[partition] || (!isCommittedOnly && Run.PowerLosses > _losses), $"C9: {Life} was handed out offset {offset} of {topic}-{partition} again, after {_next[partition] - 1}");
        _losses = offset < _next[partition] ? Run.PowerLosses : _losses;
        _next[partition] = offset + 1;
        _read[partition][offset] = number;
    }
}
