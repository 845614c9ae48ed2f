using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Coordination;

public sealed partial class GroupCoordinator
{
    /// <summary>OffsetCommit. The group id may be empty, as consumers of old did without one.</summary>
    public Task<OffsetCommitResponse> CommitOffsetsAsync(GroupRequest sender, OffsetCommitRequest request) => AnswerAsync(
        runtime.ScheduleWrite("commit-offset", PartitionOf(request.GroupId), TimeoutMs, shard => shard.CommitOffsets(sender, request)),
        error => Refused(request, error));

    /// <summary>TxnOffsetCommit; the transaction is verified first (KIP-890).</summary>
    public Task<TxnOffsetCommitResponse> CommitTransactionalOffsetsAsync(GroupRequest sender, TxnOffsetCommitRequest request) => request.GroupId.Value.Length == 0
        ? Task.FromResult(Refused(request, ErrorCode.InvalidGroupId))
        : AnswerAsync(
            runtime.ScheduleTransactionalWrite(
                "txn-commit-offset",
                PartitionOf(request.GroupId),
                request.TransactionalId.Value,
                request.ProducerId.Value,
                request.ProducerEpoch,
                sender.ApiVersion,
                TimeoutMs,
                shard => shard.CommitTransactionalOffsets(sender, request)),
            error => Refused(request, error));

    /// <summary>
    /// OffsetFetch of one group. Stable offsets are read by a write without records: it sees all that was decided, and is answered when that is committed.
    /// </summary>
    public async Task<OffsetFetchResponse.OffsetFetchResponseGroup> FetchOffsetsAsync(OffsetFetchRequest.OffsetFetchRequestGroup request, bool requireStable)
    {
        try
        {
            return await (requireStable
                ? runtime.ScheduleWrite<OffsetFetchResponse.OffsetFetchResponseGroup>(
                    "fetch-offsets", PartitionOf(request.GroupId), TimeoutMs, shard => shard.FetchOffsets(request, OffsetManager.Stable))
                : runtime.ScheduleRead("fetch-offsets", PartitionOf(request.GroupId), (shard, offset) => shard.FetchOffsets(request, offset)));
        }
        catch (CoordinatorException refused)
        {
            // Consumers before Kafka 3.9 do not know COORDINATOR_NOT_AVAILABLE here, and must look the coordinator up again.
            return new OffsetFetchResponse.OffsetFetchResponseGroup
            {
                GroupId = request.GroupId,
                ErrorCode = refused.Error is ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.RequestTimedOut
                    or ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError
                    ? ErrorCode.NotCoordinator
                    : refused.Error,
            };
        }
    }

    /// <summary>OffsetDelete.</summary>
    public Task<OffsetDeleteResponse> DeleteOffsetsAsync(OffsetDeleteRequest request) => request.GroupId.Value.Length == 0
        ? Task.FromResult(new OffsetDeleteResponse { ErrorCode = ErrorCode.InvalidGroupId })
        : AnswerAsync(
            runtime.ScheduleWrite("delete-offsets", PartitionOf(request.GroupId), TimeoutMs, shard => shard.DeleteOffsets(request)),
            error => new OffsetDeleteResponse { ErrorCode = error });

    /// <summary>Ends a transaction in a partition of the topic: its offsets count, or are forgotten.</summary>
    /// <exception cref="CoordinatorException">The marker could not be written.</exception>
    public Task CompleteTransactionAsync(
        PartitionIndex partition, long producerId, short producerEpoch, int coordinatorEpoch, bool commit, short transactionVersion, long timeoutMs) =>
        runtime.ScheduleTransactionCompletion("write-txn-marker", partition, producerId, producerEpoch, coordinatorEpoch, commit, transactionVersion, timeoutMs);

    private static OffsetCommitResponse Refused(OffsetCommitRequest request, ErrorCode error)
    {
        var response = new OffsetCommitResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetCommitResponse.OffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            foreach (var partition in topic.Partitions)
            {
                answer.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error });
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    private static TxnOffsetCommitResponse Refused(TxnOffsetCommitRequest request, ErrorCode error)
    {
        var response = new TxnOffsetCommitResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic { Name = topic.Name, TopicId = topic.TopicId };
            foreach (var partition in topic.Partitions)
            {
                answer.Partitions.Add(new() { PartitionIndex = partition.PartitionIndex, ErrorCode = error });
            }

            response.Topics.Add(answer);
        }

        return response;
    }
}
