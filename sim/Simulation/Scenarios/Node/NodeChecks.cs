using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Simulation;

/// <summary>Compares the node with the model: what clients are answered, what its logs hold, what is there after a start.</summary>
internal sealed partial class NodeChecks(NodeRun run)
{
    private const long ProducerLifeMs = 20L * 3_600_000;
    private const long RetentionMsDefault = 7L * 24 * 3_600_000;
    private readonly Dictionary<PartitionModel, (long Start, long HighWatermark, long End)> _seen = [];

    private IEnumerable<PartitionModel> Partitions => run.Topics.Where(topic => topic.State == TopicState.Live).SelectMany(topic => topic.Partitions);

    /// <summary>Takes what a fetch gave; returns the next offset to read.</summary>
    public static long TakeFetched(PartitionModel partition, long position, FetchResponse.PartitionData data)
    {
        long next = position;
        ReadOnlyMemory<byte> left = data.Records ?? default;
        while (RecordBatchHeader.TryReadSize(left.Span, out int size) && size <= left.Length)
        {
            next = TakeBatch(partition, next, left.Span[..size]);
            partition.Require(next <= data.HighWatermark, $"I6: offset {next - 1} was read, the high watermark is {(long)data.HighWatermark}");
            left = left[size..];
        }

        partition.Show(next);
        return next;
    }

    /// <summary>A batch that was read where <paramref name="position"/> was asked for; returns the offset behind it.</summary>
    public static long TakeBatch(PartitionModel partition, long position, ReadOnlySpan<byte> bytes)
    {
        var batch = new RecordBatchHeader(bytes);
        partition.Require(batch.IsValid, $"L1: the batch at offset {batch.BaseOffset} has a wrong checksum");
        partition.Require(batch.LastOffset >= position, $"L1: the batch with offsets {batch.BaseOffset} to {batch.LastOffset} was read at {position}");
        RequireGap(partition, position, batch.BaseOffset);
        long expected = batch.BaseOffset;
        foreach ((long offset, long number, string key) in RecordsOf(bytes))
        {
            RequireGap(partition, Math.Max(expected, position), offset);
            partition.Require(partition.Sent.TryGetValue(number, out SentRecord? record), $"I7: record {number} at offset {offset} was never sent here");
            partition.Require(record!.Key == key, $"I7: record {number} at offset {offset} has key {key}, sent was {record.Key}");
            partition.See(offset, record, "read");
            expected = offset + 1;
        }

        RequireGap(partition, Math.Max(expected, position), batch.LastOffset + 1);
        return batch.LastOffset + 1;
    }

    public void CompareTopics(IEnumerable<(string Name, Uuid Id, int Partitions)> found)
    {
        var left = run.Topics.ToDictionary(topic => topic.Name);
        foreach ((string name, Uuid id, int partitions) in found)
        {
            bool known = left.Remove(name, out TopicModel? topic) && topic.Id == id && partitions == topic.Partitions.Count;
            Require(known, $"there is a topic {name} {id} with {partitions} partitions, expected {topic?.Id} with {topic?.Partitions.Count}");
        }

        Require(left.Count == 0, $"the topics {string.Join(", ", left.Keys)} are lost");
    }

    public PartitionLog? LogOf(PartitionModel partition) => Find(partition)?.Log;

    /// <summary>
    /// Snapshots hold the last batch of each producer only, as Apache Kafka's do: an earlier one that is sent again after a start is no longer known for a duplicate, and is refused. Of a log whose directory went offline since, nobody can tell.
    /// </summary>
    public bool IsForgottenDuplicate(PartitionModel partition, SentBatch batch) =>
        batch.Life < run.Machine.Lives && (LogOf(partition) is not { } log
        || log.ActiveProducers().Any(status => status.ProducerId == batch.ProducerId && status.LastSequence != OracleBatch.Wrap(batch.BaseSequence, -1)));

    /// <summary>Between two steps: offsets in order, none goes back.</summary>
    public void CheckStep()
    {
        foreach (PartitionModel partition in Partitions)
        {
            if (LogOf(partition) is not { IsLoaded: true } log)
            {
                continue;
            }

            (long start, long highWatermark, long end) = (log.LogStartOffset, log.HighWatermark, log.LogEndOffset);
            partition.Require(start <= highWatermark && highWatermark <= end, $"the log starts at {start}, the high watermark is {highWatermark}, the end {end}");
            if (_seen.TryGetValue(partition, out var before))
            {
                partition.Require(start >= before.Start, $"the log start went from {before.Start} back to {start}");
                partition.Require(highWatermark >= before.HighWatermark, $"I6: the high watermark went from {before.HighWatermark} back to {highWatermark}");
                partition.Require(end >= before.End, $"L1: the log end went from {before.End} back to {end}");
            }

            partition.Require(end >= partition.Acknowledged, $"the log ends at {end}, acknowledged was {partition.Acknowledged}");
            _seen[partition] = (start, highWatermark, end);
            partition.Synced = Math.Max(partition.Synced, Math.Min(log.RecoveryPoint, end));
            NoteStart(partition);
        }
    }

    /// <summary>I7: what is gone from the beginning of a log was due or asked for.</summary>
    public void NoteStart(PartitionModel partition)
    {
        if (LogOf(partition) is not { IsLoaded: true } log || log.LogStartOffset <= partition.Start)
        {
            return;
        }

        long start = log.LogStartOffset;
        TopicModel topic = partition.Topic;
        long oldest = run.World.NowMs - topic.Least("retention.ms", RetentionMsDefault);
        // What compaction takes after retention makes the rest smaller than retention left it.
        bool isTooMuch = topic.Configs.ContainsKey("retention.bytes") && (topic.IsCompacted || log.SizeInBytes >= topic.Least("retention.bytes", 0));
        foreach ((long offset, SentRecord record) in partition.At)
        {
            if (offset >= partition.Start && offset < start && offset >= partition.DeletedBefore)
            {
                partition.Require(topic.IsDeletedByAge && (record.Timestamp <= oldest || isTooMuch),
                    $"I7: the log start went from {partition.Start} to {start}, past offset {offset} of {record.Timestamp}, which was neither old, nor too much ({log.SizeInBytes} bytes are left), nor to be deleted");
            }
        }

        run.World.Note($"{partition.Name} starts at {start}, was {partition.Start}");
        partition.Start = start;
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException(what);
        }
    }

    /// <summary>L3: offsets may be missing where records were compacted away, and a later record has the same key.</summary>
    private static void RequireGap(PartitionModel partition, long from, long to)
    {
        if (from >= to)
        {
            return;
        }

        partition.Require(partition.Topic.IsCompacted, $"I7: offsets {from} to {to - 1} are missing");
        for (long offset = from; offset < to; offset++)
        {
            if (partition.At.TryGetValue(offset, out SentRecord? record))
            {
                partition.Require(partition.MayBeReplaced(offset, record), $"L3: record {record.Number} at offset {offset} with key {record.Key} is gone, and no later record has its key");
            }
        }
    }

    private static List<(long Offset, long Number, string Key)> RecordsOf(ReadOnlySpan<byte> bytes)
    {
        List<(long, long, string)> records = [];
        using RecordDecompressor decompressor = RecordDecompressor.Rent();
        RecordReader reader = RecordReader.Open(new RecordBatchHeader(bytes), decompressor);
        while (reader.MoveNext())
        {
            ref readonly RecordView record = ref reader.Current;
            ReadOnlySpan<byte> value = record.Value;
            int blank = value.IndexOf((byte)' ');
            long number = blank > 0 && System.Buffers.Text.Utf8Parser.TryParse(value[..blank], out long parsed, out _) ? parsed : -1;
            records.Add((record.Offset, number, System.Text.Encoding.ASCII.GetString(record.Key)));
        }

        return records;
    }

    private Partition? Find(PartitionModel partition) =>
        run.Machine.Node?.Replicas.Find(partition.Topic.Name, partition.Index, out _) is { } found && found.TopicId == partition.Topic.Id ? found : null;
}
