using Moldau.Configuration;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Replication;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>
/// Writes markers to the partitions that this node leads, for its own transaction coordinator and for WriteTxnMarkers. Those of <c>__consumer_offsets</c> go through the group coordinator,
/// which makes the offsets of the transaction visible or forgets them. Partitions that other nodes lead get NOT_LEADER_OR_FOLLOWER. Any thread.
/// </summary>
internal sealed class TransactionMarkerWriter(
    ReplicaManager replicas, Func<NodeConfiguration> configuration, TimingWheel wheel, IWorkers workers, TimeProvider time) : ITransactionMarkerWriter
{
    private Func<PartitionIndex, TransactionMarker, Task>? completeOffsets;

    /// <summary>Gives what ends transactions in a partition of the group coordinator, which throws <see cref="CoordinatorException"/>; before anything is written.</summary>
    public void CompleteOffsetsWith(Func<PartitionIndex, TransactionMarker, Task> completion) => completeOffsets = completion;

    /// <inheritdoc />
    public Task<IReadOnlyDictionary<TopicPartition, ErrorCode>> WriteAsync(TransactionMarker marker, IReadOnlyCollection<TopicPartition> partitions) =>
        partitions.Any(IsCold) ? workers.CallAsync(() => WriteHereAsync(marker, partitions)).Unwrap() : WriteHereAsync(marker, partitions);

    private bool IsCold(TopicPartition partition) => replicas.Find(partition.Topic, partition.Partition, out _) is { Log.IsLoaded: false };

    private async Task<IReadOnlyDictionary<TopicPartition, ErrorCode>> WriteHereAsync(TransactionMarker marker, IReadOnlyCollection<TopicPartition> partitions)
    {
        var answers = new Dictionary<TopicPartition, ErrorCode>(partitions.Count);
        Dictionary<TopicPartition, ReplicationWait>? pending = null;
        List<(TopicPartition Id, Task<ErrorCode> Task)>? offsets = null;
        foreach (var id in partitions)
        {
            if (id.Topic == TopicNames.ConsumerOffsets && completeOffsets is not null)
            {
                (offsets ??= []).Add((id, CompleteOffsetsAsync(id.Partition, marker)));
                continue;
            }

            answers[id] = Append(id, marker, out var wait);
            if (wait is { IsSettled: false } unsettled)
            {
                (pending ??= []).Add(id, unsettled);
            }
        }

        if (pending is not null)
        {
            await ReplicationWait.WaitAsync(pending.Values, wheel, configuration().Int("request.timeout.ms"));
            foreach (var (id, settled) in pending)
            {
                answers[id] = settled.Outcome;
            }
        }

        foreach (var (id, task) in offsets ?? [])
        {
            answers[id] = await task;
        }

        return answers;
    }

    private ErrorCode Append(TopicPartition id, TransactionMarker marker, out ReplicationWait? wait)
    {
        wait = null;
        var partition = replicas.Find(id.Topic, id.Partition, out var error);
        if (partition is null)
        {
            return error;
        }

        var batch = ControlRecords.BuildMarker(
            new EndTransactionMarker(marker.IsCommit, marker.CoordinatorEpoch), marker.ProducerId, marker.ProducerEpoch, time.GetUtcNow().ToUnixTimeMilliseconds());
        var result = partition.AppendAsLeader(batch, AppendOrigin.Coordinator, acks: -1, transactionVersion: marker.TransactionVersion);
        if (result.Error == ErrorCode.None)
        {
            wait = new ReplicationWait(partition, result.LastOffset + 1);
        }

        return result.Error;
    }

    /// <summary>What the group coordinator cannot do now is, to the transaction coordinator, a partition without its leader: it comes again.</summary>
    private async Task<ErrorCode> CompleteOffsetsAsync(PartitionIndex partition, TransactionMarker marker)
    {
        try
        {
            await completeOffsets!(partition, marker);
            return ErrorCode.None;
        }
        catch (CoordinatorException refused)
        {
            return refused.Error is ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator
                ? ErrorCode.NotLeaderOrFollower
                : refused.Error;
        }
    }
}
