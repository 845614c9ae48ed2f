using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;

namespace Moldau.Simulation;

/// <summary>A consumer of what is committed: reads each partition from its beginning on, and leaves out what the node lists as aborted, as Kafka's consumers do.</summary>
internal sealed class CommittedReader(CoordinatorsRun run, SimClient client, SimRandom random) : CoordinatorClient(run, client, random)
{
    private readonly long[] _positions = new long[CoordinatorsRun.OutputPartitions];
    private readonly HashSet<long>[] _aborted = [.. Enumerable.Range(0, CoordinatorsRun.OutputPartitions).Select(_ => new HashSet<long>())];

    /// <summary>What was read of each partition: offset and number.</summary>
    public List<(long Offset, long Number)>[] Read { get; } = [.. Enumerable.Range(0, CoordinatorsRun.OutputPartitions).Select(_ => new List<(long, long)>())];

    public override string? Unfinished => null;

    protected override async Task DoOneAsync() => await ReadAsync(Random.Next(CoordinatorsRun.OutputPartitions), Random.Next(1, 3000));

    /// <summary>Reads on; false when nothing was there.</summary>
    public async Task<bool> ReadAsync(int partition, int bytes)
    {
        long position = _positions[partition];
        var request = new FetchRequest
        {
            ClusterId = null, MaxWaitMs = 0, MinBytes = 0, SessionEpoch = -1, IsolationLevel = Run.Flaw.Other == OtherBug.OpenTransactionsShown ? (sbyte)0 : (sbyte)1,
            Topics = [new() { Topic = CoordinatorsRun.Output, Partitions = [new() { Partition = partition, FetchOffset = position, PartitionMaxBytes = bytes }] }],
        };
        FetchResponse.PartitionData data = (await Client.CallAsync<FetchResponse>(request, 12)).Responses.Single().Partitions.Single();
        if (data.ErrorCode != ErrorCode.None)
        {
            if (!IsRetriable(data.ErrorCode))
            {
                Unexpected($"reading offset {position} of {partition}", data.ErrorCode);
            }

            return false;
        }

        Run.SeeStable(partition, data.LastStableOffset, data.HighWatermark);
        Take(partition, data);
        return _positions[partition] > position;
    }

    private void Take(int partition, FetchResponse.PartitionData data)
    {
        Queue<(long ProducerId, long FirstOffset)> due = new((data.AbortedTransactions ?? []).Select(aborted => ((long)aborted.ProducerId, (long)aborted.FirstOffset)).OrderBy(aborted => aborted.Item2));
        ReadOnlySpan<byte> left = (data.Records ?? default).Span;
        while (RecordBatchHeader.TryReadSize(left, out int size) && size <= left.Length)
        {
            var batch = new RecordBatchHeader(left[..size]);
            while (due.TryPeek(out (long ProducerId, long FirstOffset) next) && next.FirstOffset <= batch.LastOffset)
            {
                _aborted[partition].Add(due.Dequeue().ProducerId);
            }

            if (batch.IsControl)
            {
                _aborted[partition].Remove(batch.ProducerId);
            }
            else if (!_aborted[partition].Contains(batch.ProducerId))
            {
                foreach ((long offset, long number) in LogAudit.Numbers(left[..size]))
                {
                    if (offset >= _positions[partition])
                    {
                        Run.SeeCommitted(partition, offset, number);
                        Read[partition].Add((offset, number));
                    }
                }
            }

            _positions[partition] = batch.LastOffset + 1;
            left = left[size..];
        }
    }
}
